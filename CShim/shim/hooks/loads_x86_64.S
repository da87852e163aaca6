/* dlopen(3), dlmopen(3): their originals find the stack as their caller left it. */
#if defined(__x86_64__)
#include "kernel/kept_arguments.inc"

.macro load_as name
        .globl \name
        .type \name, @function
\name:
        .cfi_startproc
        endbr64
        keep_arguments
        call fdt_before_\name
        restore_arguments
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
