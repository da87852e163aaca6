/* Where the kernel delivers SIGBUS. What the program chose is entered by a jump, so
 * that it finds the stack as if the kernel had called it. */
#if defined(__aarch64__)
#include "kernel/kept_arguments.inc"

        .text
        .globl fdt_guard_entry
        .hidden fdt_guard_entry
        .type fdt_guard_entry, %function
fdt_guard_entry:
        .cfi_startproc
        hint #34 /* bti c */
        keep_arguments
        /* The kernel sets x1 and x2 for SA_SIGINFO only; the frame is always there:
         * struct rt_sigframe { siginfo_t info (128 bytes); ucontext_t } at the old sp. */
        add x2, sp, #KEPT_SIZE + 128
        bl fdt_guard_caught
        mov x16, x0
        restore_arguments
        cbz x16, 1f
        br x16
1:      ret
        .cfi_endproc
        .size fdt_guard_entry, . - fdt_guard_entry
#endif
        .section .note.GNU-stack, "", %progbits
