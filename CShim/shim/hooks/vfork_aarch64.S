/* vfork(2): see forks.c. The kernel has no vfork call here: clone with
 * CLONE_VM | CLONE_VFORK | SIGCHLD on the caller's own stack. It leaves x30 to both as it was. */
#if defined(__aarch64__)
#include <sys/syscall.h>

#define CLONE_FLAGS 0x4111

.macro vfork_as name
        .globl \name
        .type \name, %function
\name:
        .cfi_startproc
        stp x29, x30, [sp, #-48]!
        .cfi_def_cfa_offset 48
        .cfi_offset x29, -48
        .cfi_offset x30, -40
        mov x29, sp
        .cfi_def_cfa_register x29
        str x30, [sp, #16]
        add x9, sp, #48
        str x9, [sp, #24]
        ldr x9, [x29]
        str x9, [sp, #32]
        str x29, [sp, #40]
        add x0, sp, #16
        adrp x1, fdt_call_\name
        ldrh w1, [x1, #:lo12:fdt_call_\name]
        bl fdt_vfork_enter
        ldp x29, x30, [sp], #48
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_undefined x30
        mov x0, #CLONE_FLAGS
        mov x1, #0
        mov x2, #0
        mov x3, #0
        mov x4, #0
        mov x8, #SYS_clone
        svc #0
        mov x1, x30
        bl fdt_vfork_return
        mov x30, x1
        ret
        .cfi_endproc
        .size \name, . - \name
.endm

        .text
        vfork_as vfork
        vfork_as __vfork
#endif
        .section .note.GNU-stack, "", %progbits
