/* syscall(2): a tail call either way, so that numbers which return twice, or on
 * another stack, work as they do in libc. */
#if defined(__aarch64__)
        .text
        .globl syscall
        .type syscall, %function
syscall:
        .cfi_startproc
        cmp x0, #512
        b.hs 1f
        adrp x16, fdt_syscall_hooked
        add x16, x16, #:lo12:fdt_syscall_hooked
        ldrb w16, [x16, x0]
        cbnz w16, 2f
1:      adrp x16, fdt_real_syscall
        ldr x16, [x16, #:lo12:fdt_real_syscall]
        ldr x16, [x16]
        cbz x16, 2f
        br x16
2:      b fdt_hook_syscall
        .cfi_endproc
        .size syscall, . - syscall
#endif
        .section .note.GNU-stack, "", %progbits
