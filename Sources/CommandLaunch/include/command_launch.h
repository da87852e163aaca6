/* Starts a program like posix_spawn(3), but leaves its signal dispositions
 * exactly as the caller says: posix_spawn can neither have a signal ignored nor
 * leave the two signals of nptl(7) alone. In C, since Swift offers no vfork. */
#ifndef COMMAND_LAUNCH_H
#define COMMAND_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Executes the file `program`, without a search, in a new child process. The
 * child inherits everything but has the signal mask `mask`, and ignores SIGCHLD
 * when `ignore_sigchld` is set. Where `pid_digits` is not NULL, it is a place in
 * `environment` that gets the child's pid, as eight hexadecimal digits: the program
 * itself has to be told, before anybody else can know. Returns 0 and the child's
 * pid, or the errno of vfork(2) or execve(2); then there is no child.
 *
 * The caller has no signal handlers (one could run in the child, which shares
 * its memory until the exec) and does not ignore SIGCHLD. */
int command_launch(pid_t *pid, const char *program, char *const arguments[],
                   char *const environment[], const sigset_t *mask, bool ignore_sigchld,
                   char *pid_digits);

#endif
