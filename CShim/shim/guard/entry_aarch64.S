/* Where the kernel delivers SIGBUS. What the program chose is entered by a jump, so
 * that it finds the stack as if the kernel had called it. */
#if defined(__aarch64__)
        .text
        .globl fdt_guard_entry
        .hidden fdt_guard_entry
        .type fdt_guard_entry, %function
fdt_guard_entry:
        .cfi_startproc
        hint #34 /* bti c */
        stp x29, x30, [sp, #-48]!
        .cfi_adjust_cfa_offset 48
        .cfi_offset x29, -48
        .cfi_offset x30, -40
        stp x0, x1, [sp, #16]
        str x2, [sp, #32]
        /* The kernel sets x1 and x2 for SA_SIGINFO only; the frame is always there:
         * struct rt_sigframe { siginfo_t info (128 bytes); ucontext_t } at the old sp. */
        add x2, sp, #48 + 128
        bl fdt_guard_caught
        mov x16, x0
        ldr x2, [sp, #32]
        ldp x0, x1, [sp, #16]
        ldp x29, x30, [sp], #48
        .cfi_adjust_cfa_offset -48
        .cfi_restore x29
        .cfi_restore x30
        cbz x16, 1f
        br x16
1:      ret
        .cfi_endproc
        .size fdt_guard_entry, . - fdt_guard_entry
#endif
        .section .note.GNU-stack, "", %progbits
