/* dlopen(3), dlmopen(3): their originals find the stack as their caller left it. */
#if defined(__aarch64__)
.macro load_as name
        .globl \name
        .type \name, %function
\name:
        .cfi_startproc
        hint #34 /* bti c */
        stp x29, x30, [sp, #-48]!
        .cfi_adjust_cfa_offset 48
        .cfi_offset x29, -48
        .cfi_offset x30, -40
        mov x29, sp
        stp x0, x1, [sp, #16]
        str x2, [sp, #32]
        bl fdt_before_\name
        mov x16, x0
        ldr x2, [sp, #32]
        ldp x0, x1, [sp, #16]
        ldp x29, x30, [sp], #48
        .cfi_adjust_cfa_offset -48
        .cfi_restore x29
        .cfi_restore x30
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
