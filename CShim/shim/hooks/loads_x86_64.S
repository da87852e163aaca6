/* dlopen(3), dlmopen(3): their originals find the stack as their caller left it. */
#if defined(__x86_64__)
.macro load_as name
        .globl \name
        .type \name, @function
\name:
        .cfi_startproc
        endbr64
        pushq %rdi
        .cfi_adjust_cfa_offset 8
        pushq %rsi
        .cfi_adjust_cfa_offset 8
        pushq %rdx
        .cfi_adjust_cfa_offset 8
        call fdt_before_\name
        popq %rdx
        .cfi_adjust_cfa_offset -8
        popq %rsi
        .cfi_adjust_cfa_offset -8
        popq %rdi
        .cfi_adjust_cfa_offset -8
        testq %rax, %rax
        jz 1f
        jmp *%rax
1:      ret
        .cfi_endproc
        .size \name, . - \name
.endm

        .text
        load_as dlopen
        load_as dlmopen
#endif
        .section .note.GNU-stack, "", %progbits
