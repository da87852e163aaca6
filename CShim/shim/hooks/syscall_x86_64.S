/* syscall(2): a tail call either way, so that numbers which return twice, or on
 * another stack, work as they do in libc. */
#if defined(__x86_64__)
        .text
        .globl syscall
        .type syscall, @function
syscall:
        .cfi_startproc
        endbr64
        cmpq $512, %rdi
        jae 1f
        leaq fdt_syscall_hooked(%rip), %rax
        cmpb $0, (%rax,%rdi)
        jne fdt_hook_syscall
1:      movq fdt_real_syscall(%rip), %rax
        movq (%rax), %rax
        testq %rax, %rax
        jz fdt_hook_syscall
        jmp *%rax
        .cfi_endproc
        .size syscall, . - syscall
#endif
        .section .note.GNU-stack, "", %progbits
