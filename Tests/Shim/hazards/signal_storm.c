/* A handler that opens and closes on top of opening and closing, five thousand
 * times a second. */
#include "host.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t calls;

static void handler(int number) {
  int saved = errno, pair[2];
  (void)number;
  calls++;
  int fd = open("/dev/null", O_RDONLY);
  if (fd < 0 || pipe(pair) != 0 || dup2(fd, pair[0]) != pair[0])
    _exit(3);
  if (close(pair[0]) != 0 || close(pair[1]) != 0 || close(fd) != 0)
    _exit(4);
  errno = saved;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  struct itimerval every = {{0, 200}, {0, 200}};
  struct itimerval never = {{0, 0}, {0, 0}};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  int before = count_fds();
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  for (double end = now() + 1; now() < end;) {
    int fd = open_null(), other = dup(fd), sock = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(fd >= 0 && other >= 0 && sock >= 0);
    errno = 99;
    CHECK(close(other) == 0 && errno == 99);
    CHECK(close(fd) == 0 && close(sock) == 0);
    FILE *stream = fopen("/dev/null", "r");
    CHECK(stream != NULL && fclose(stream) == 0);
  }
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
  CHECK(calls > 0);
  CHECK_EQUAL(count_fds(), before);
  return CHECKED();
}
