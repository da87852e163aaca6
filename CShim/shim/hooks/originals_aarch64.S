/* What the slots of fdt_real lead to until a call is made for the first time: each
 * stub names its call, has the original looked up and goes on there, with registers
 * and stack as the wrapper left them. */
#if defined(__aarch64__)
        .set number, 0

.macro original_stub
        .balign 16
        .set number, number + 1
        .cfi_startproc
        hint #34 /* bti c */
        mov w16, #number
        b original_sought
        .cfi_endproc
.endm

        .text
        .globl fdt_original_stubs
        .hidden fdt_original_stubs
        .balign 16
fdt_original_stubs:
#define FDT_CALL(result, name, parameters) original_stub;
#include "calls.def"
#undef FDT_CALL

        .type original_sought, %function
original_sought:
        .cfi_startproc
        /* All that may hold arguments; x8 is where a struct is to be returned. */
        stp x29, x30, [sp, #-224]!
        .cfi_adjust_cfa_offset 224
        .cfi_offset x29, -224
        .cfi_offset x30, -216
        mov x29, sp
        stp x0, x1, [sp, #16]
        stp x2, x3, [sp, #32]
        stp x4, x5, [sp, #48]
        stp x6, x7, [sp, #64]
        str x8, [sp, #80]
        stp q0, q1, [sp, #96]
        stp q2, q3, [sp, #128]
        stp q4, q5, [sp, #160]
        stp q6, q7, [sp, #192]
        mov w0, w16
        bl fdt_original
        mov x16, x0
        ldp x0, x1, [sp, #16]
        ldp x2, x3, [sp, #32]
        ldp x4, x5, [sp, #48]
        ldp x6, x7, [sp, #64]
        ldr x8, [sp, #80]
        ldp q0, q1, [sp, #96]
        ldp q2, q3, [sp, #128]
        ldp q4, q5, [sp, #160]
        ldp q6, q7, [sp, #192]
        ldp x29, x30, [sp], #224
        .cfi_adjust_cfa_offset -224
        .cfi_restore x29
        .cfi_restore x30
        br x16
        .cfi_endproc
        .size original_sought, . - original_sought
#endif
        .section .note.GNU-stack, "", %progbits
