/* What the slots of fdt_real lead to until a call is made for the first time: each
 * stub names its call, has the original looked up and goes on there, with registers
 * and stack as the wrapper left them. */
#if defined(__x86_64__)
.macro seek_original number
        endbr64
        pushq $\number
        .cfi_adjust_cfa_offset 8
        jmp original_sought
.endm

.macro save move, register, place
        \move %\register, \place(%rsp)
.endm

.macro restore move, register, place
        \move \place(%rsp), %\register
.endm

/* By `save` or `restore`: all that may hold arguments; %al counts those in vector registers. */
.macro arguments action
        \action movq, rax, 0
        \action movq, rdi, 8
        \action movq, rsi, 16
        \action movq, rdx, 24
        \action movq, rcx, 32
        \action movq, r8, 40
        \action movq, r9, 48
        \action movaps, xmm0, 64
        \action movaps, xmm1, 80
        \action movaps, xmm2, 96
        \action movaps, xmm3, 112
        \action movaps, xmm4, 128
        \action movaps, xmm5, 144
        \action movaps, xmm6, 160
        \action movaps, xmm7, 176
.endm

        .text
        .type original_sought, %function
original_sought:
        .cfi_startproc
        .cfi_def_cfa_offset 16
        subq $192, %rsp
        .cfi_adjust_cfa_offset 192
        arguments save
        movl 192(%rsp), %edi
        call fdt_original
        movq %rax, %r11
        arguments restore
        addq $200, %rsp
        .cfi_adjust_cfa_offset -200
        jmp *%r11
        .cfi_endproc
        .size original_sought, . - original_sought
#elif defined(__aarch64__)
.macro seek_original number
        hint #34 /* bti c */
        mov w16, #\number
        b original_sought
.endm

/* By stores or loads: all that may hold arguments; x8 is where a struct is to be returned. */
.macro arguments pair, single
        \pair x0, x1, [sp, #16]
        \pair x2, x3, [sp, #32]
        \pair x4, x5, [sp, #48]
        \pair x6, x7, [sp, #64]
        \single x8, [sp, #80]
        \pair q0, q1, [sp, #96]
        \pair q2, q3, [sp, #128]
        \pair q4, q5, [sp, #160]
        \pair q6, q7, [sp, #192]
.endm

        .text
        .type original_sought, %function
original_sought:
        .cfi_startproc
        stp x29, x30, [sp, #-224]!
        .cfi_adjust_cfa_offset 224
        .cfi_offset x29, -224
        .cfi_offset x30, -216
        mov x29, sp
        arguments stp, str
        mov w0, w16
        bl fdt_original
        mov x16, x0
        arguments ldp, ldr
        ldp x29, x30, [sp], #224
        .cfi_adjust_cfa_offset -224
        .cfi_restore x29
        .cfi_restore x30
        br x16
        .cfi_endproc
        .size original_sought, . - original_sought
#endif

.macro original_stub
        .balign 16
        .set number, number + 1
        .cfi_startproc
        seek_original number
        .cfi_endproc
.endm

        .set number, 0
        .globl fdt_original_stubs
        .hidden fdt_original_stubs
        .balign 16
fdt_original_stubs:
#define FDT_CALL(result, name, parameters) original_stub;
#include "calls.def"
#undef FDT_CALL
        .section .note.GNU-stack, "", %progbits
