/* vfork(2): see forks.c. The child overwrites the stack below the caller's frame,
 * the return address first of all, so nothing of ours may live there. The kernel leaves
 * rdi to both as it was. */
#if defined(__x86_64__)
#include <sys/syscall.h>

#define CALLER_SIZE 32

/* On entry: (%rsp) return address, %rsp + 8 the caller's stack pointer. Builds a
 * struct fdt_caller {pc, sp, fp, frame} and hands it to fdt_vfork_enter. */
.macro vfork_as name
        .globl \name
        .type \name, @function
\name:
        .cfi_startproc
        endbr64
        pushq %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq %rsp, %rbp
        .cfi_def_cfa_register %rbp
        subq $CALLER_SIZE, %rsp
        movq 8(%rbp), %rdi
        movq %rdi, (%rsp)
        leaq 16(%rbp), %rax
        movq %rax, 8(%rsp)
        movq (%rbp), %rax
        movq %rax, 16(%rsp)
        movq %rbp, 24(%rsp)
        movq %rsp, %rdi
        movzwl fdt_call_\name(%rip), %esi
        call fdt_vfork_enter
        leave
        .cfi_def_cfa %rsp, 8
        .cfi_restore %rbp
        popq %rdi
        .cfi_def_cfa_offset 0
        .cfi_undefined %rip
        movl $SYS_vfork, %eax
        syscall
        movq %rdi, %rsi
        movq %rax, %rdi
        call fdt_vfork_return
        jmp *%rdx
        .cfi_endproc
        .size \name, . - \name
.endm

        .text
        vfork_as vfork
        vfork_as __vfork
#endif
        .section .note.GNU-stack, "", %progbits
