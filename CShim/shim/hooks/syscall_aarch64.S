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
        cbz x16, 3f
        br x16
2:      cmp w16, #1
        b.ne 4f
3:      b fdt_hook_syscall

4:      stp x29, x30, [sp, #-80]!
        .cfi_adjust_cfa_offset 80
        .cfi_offset x29, -80
        .cfi_offset x30, -72
        mov x29, sp
        stp x0, x1, [sp, #16]
        stp x2, x3, [sp, #32]
        stp x4, x5, [sp, #48]
        str x6, [sp, #64]
        bl fdt_clone_is_hooked
        mov w16, w0
        ldp x0, x1, [sp, #16]
        ldp x2, x3, [sp, #32]
        ldp x4, x5, [sp, #48]
        ldr x6, [sp, #64]
        ldp x29, x30, [sp], #80
        .cfi_adjust_cfa_offset -80
        .cfi_restore x29
        .cfi_restore x30
        tbz w16, #0, 1b
        b fdt_hook_clone
        .cfi_endproc
        .size syscall, . - syscall
#endif
        .section .note.GNU-stack, "", %progbits
