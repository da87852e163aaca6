/* What the slots of fdt_real lead to until a call is made for the first time: each
 * stub names its call, has the original looked up and goes on there, with registers
 * and stack as the wrapper left them. */
#if defined(__x86_64__)
        .set number, 0

.macro original_stub
        .balign 16
        .set number, number + 1
        .cfi_startproc
        endbr64
        pushq $number
        .cfi_adjust_cfa_offset 8
        jmp original_sought
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

        .type original_sought, @function
original_sought:
        .cfi_startproc
        .cfi_def_cfa_offset 16
        /* All that may hold arguments; %al counts those in vector registers. */
        subq $192, %rsp
        .cfi_adjust_cfa_offset 192
        movq %rax, (%rsp)
        movq %rdi, 8(%rsp)
        movq %rsi, 16(%rsp)
        movq %rdx, 24(%rsp)
        movq %rcx, 32(%rsp)
        movq %r8, 40(%rsp)
        movq %r9, 48(%rsp)
        movaps %xmm0, 64(%rsp)
        movaps %xmm1, 80(%rsp)
        movaps %xmm2, 96(%rsp)
        movaps %xmm3, 112(%rsp)
        movaps %xmm4, 128(%rsp)
        movaps %xmm5, 144(%rsp)
        movaps %xmm6, 160(%rsp)
        movaps %xmm7, 176(%rsp)
        movl 192(%rsp), %edi
        call fdt_original
        movq %rax, %r11
        movaps 64(%rsp), %xmm0
        movaps 80(%rsp), %xmm1
        movaps 96(%rsp), %xmm2
        movaps 112(%rsp), %xmm3
        movaps 128(%rsp), %xmm4
        movaps 144(%rsp), %xmm5
        movaps 160(%rsp), %xmm6
        movaps 176(%rsp), %xmm7
        movq (%rsp), %rax
        movq 8(%rsp), %rdi
        movq 16(%rsp), %rsi
        movq 24(%rsp), %rdx
        movq 32(%rsp), %rcx
        movq 40(%rsp), %r8
        movq 48(%rsp), %r9
        addq $200, %rsp
        .cfi_adjust_cfa_offset -200
        jmp *%r11
        .cfi_endproc
        .size original_sought, . - original_sought
#endif
        .section .note.GNU-stack, "", %progbits
