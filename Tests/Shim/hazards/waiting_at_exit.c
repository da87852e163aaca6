/* The end while another thread waits in accept(2): the kernel has given that a number already, and
 * counts it, but nobody can find it. Counts the questions that the end asks; there were 32,000,
 * by poll(2) for 32 numbers each, and the other threads went on meanwhile. */
#include "host.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

enum { MANY = 1000 };

static void *wait_for_client(void *argument) {
  int *listener = argument;
  return (void *)(intptr_t)accept(*listener, NULL, NULL);
}

static void end_while_waiting(void) {
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bind(listener, (struct sockaddr *)&any, sizeof any) == 0 && listen(listener, 1) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, wait_for_client, &listener) == 0);
  usleep(50000);
  CHECK(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
  raise(SIGSTOP);
  _exit(CHECKED());
}

int main(void) {
  pid_t child = fork();
  if (child == 0)
    end_while_waiting();
  int status = 0, questions = 0, ends = 0;
  CHECK(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
  CHECK(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD) == 0);
  while (WIFSTOPPED(status)) {
    struct __ptrace_syscall_info about = {.op = PTRACE_SYSCALL_INFO_NONE};
    ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof about, &about);
    questions += about.op == PTRACE_SYSCALL_INFO_ENTRY && about.entry.nr == SYS_fcntl;
    ends += about.op == PTRACE_SYSCALL_INFO_ENTRY && about.entry.nr == SYS_exit_group;
    CHECK(ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0);
    CHECK(waitpid(child, &status, 0) == child);
  }
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(ends == 1 && questions < MANY);
  return CHECKED();
}
