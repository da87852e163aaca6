/* syscall(2): a tail call either way, so that numbers which return twice, or on
 * another stack, work as they do in libc. */
#if defined(__x86_64__)
.macro keep register
        pushq %\register
        .cfi_adjust_cfa_offset 8
.endm

.macro take_back register
        popq %\register
        .cfi_adjust_cfa_offset -8
.endm

        .text
        .globl syscall
        .type syscall, @function
syscall:
        .cfi_startproc
        endbr64
        cmpq $512, %rdi
        jae 1f
        leaq fdt_syscall_hooked(%rip), %rax
        cmpb $1, (%rax,%rdi)
        je fdt_hook_syscall
        ja 2f
1:      movq fdt_real_syscall(%rip), %rax
        movq (%rax), %rax
        testq %rax, %rax
        jz fdt_hook_syscall
        jmp *%rax

2:      keep rdi
        keep rsi
        keep rdx
        keep rcx
        keep r8
        keep r9
        keep rax /* for the alignment */
        call fdt_clone_is_hooked
        testb %al, %al
        take_back rax
        take_back r9
        take_back r8
        take_back rcx
        take_back rdx
        take_back rsi
        take_back rdi
        jnz fdt_hook_clone
        jmp 1b
        .cfi_endproc
        .size syscall, . - syscall
#endif
        .section .note.GNU-stack, "", %progbits
