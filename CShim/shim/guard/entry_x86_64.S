/* Where the kernel delivers SIGBUS. What the program chose is entered by a jump, so
 * that it finds the stack as if the kernel had called it. */
#if defined(__x86_64__)
#include "kernel/kept_arguments.inc"

        .text
        .globl fdt_guard_entry
        .hidden fdt_guard_entry
        .type fdt_guard_entry, @function
fdt_guard_entry:
        .cfi_startproc
        endbr64
        keep_arguments
        call fdt_guard_caught
        restore_arguments
        movq %rax, %r11
        xorl %eax, %eax
        testq %r11, %r11
        jz 1f
        jmp *%r11
1:      ret
        .cfi_endproc
        .size fdt_guard_entry, . - fdt_guard_entry
#endif
        .section .note.GNU-stack, "", %progbits
