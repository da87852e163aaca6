/* dlopen(3), dlmopen(3): their originals find the stack as their caller left it. */
#if defined(__aarch64__)
#include "kernel/kept_arguments.inc"

.macro load_as name
        .globl \name
        .type \name, %function
\name:
        .cfi_startproc
        hint #34 /* bti c */
        keep_arguments
        mov x29, sp
        bl fdt_before_\name
        mov x16, x0
        restore_arguments
        cbz x16, 1f
        br x16
1:      mov x0, #0
        ret
        .cfi_endproc
        .size \name, . - \name
.endm

        .text
        load_as dlopen
        load_as dlmopen
#endif
        .section .note.GNU-stack, "", %progbits
