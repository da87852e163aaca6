/* Duplicates, ends of pipes, and descriptors that came by message, forgotten. */
#include "message.h"
#include "scenario.h"

#include <fcntl.h>
#include <sys/wait.h>

static int pool[2];

static OUT_OF_LINE void answer_twice(void) {
  static int turn;
  int copy = dup(pool[turn++ % 2]); /* LEAK: dup */
  must(copy >= 0 && write(copy, "x", 1) == 1, "dup");
}

static void lost_duplicates(void) {
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, pool) == 0, "socketpair"); /* KEPT: pool */
  serve(answer_twice);
}

static OUT_OF_LINE void run_helper(void) {
  char byte;
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe"); /* LEAK: pipe end */
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0)
    _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
  close(ends[1]);
  must(read(ends[0], &byte, 1) == 1, "read");
  waitpid(pid, NULL, 0);
}

static void lost_pipe_ends(void) { serve(run_helper); }

static OUT_OF_LINE void take_job(int from) {
  must(receive_descriptor(from) >= 0, "recvmsg"); /* LEAK: received */
}

static void hand_over(void) {
  int fd = open("/dev/null", O_WRONLY);
  send_descriptor(pool[0], fd);
  close(fd);
  take_job(pool[1]);
}

static void lost_messages(void) {
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, pool) == 0, "socketpair");
  serve(hand_over);
}

/* The program that the next scenario starts. */
static OUT_OF_LINE void read_settings(void) {
  must(open("/etc/passwd", O_RDONLY) >= 0, "open"); /* LEAK: child */
}

static void worker(void) { serve(read_settings); }

static void leaking_child(void) {
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    execl("/proc/self/exe", "lost_handles", "worker", (char *)NULL);
    _exit(127);
  }
  must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

SCENARIOS({"lost_duplicates", lost_duplicates}, {"lost_pipe_ends", lost_pipe_ends},
          {"lost_messages", lost_messages}, {"worker", worker}, {"leaking_child", leaking_child})
