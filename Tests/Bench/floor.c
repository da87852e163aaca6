/* What no recorder that is preloaded can do without, for scripts/bench to hold beside the
 * shim: it stands before the calls that the loops make, hands them on, and reads the clock once
 * for each descriptor that one makes or ends. It looks at nothing and keeps nothing. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static struct {
  int (*dup)(int);
  int (*close)(int);
  int (*open)(const char *, int, ...);
  int (*socket)(int, int, int);
  int (*pipe2)(int[2], int);
  int (*socketpair)(int, int, int, int[2]);
  ssize_t (*read)(int, void *, size_t);
  ssize_t (*write)(int, const void *, size_t);
} real;

#define FIND(name) real.name = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void find(void) {
  FIND(dup), FIND(close), FIND(open), FIND(socket);
  FIND(pipe2), FIND(socketpair), FIND(read), FIND(write);
}

static inline void read_clock(void) {
#if defined(__x86_64__)
  __asm__ volatile("rdtsc" : : : "rax", "rdx");
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
#endif
}

int dup(int fd) {
  int made = real.dup(fd);
  read_clock();
  return made;
}

int close(int fd) {
  read_clock();
  return real.close(fd);
}

int open(const char *path, int flags, ...) {
  int fd = real.open(path, flags, 0); /* the loops create no file, so there is no mode */
  read_clock();
  return fd;
}

int socket(int domain, int type, int protocol) {
  int fd = real.socket(domain, type, protocol);
  read_clock();
  return fd;
}

int pipe2(int fds[2], int flags) {
  int result = real.pipe2(fds, flags);
  read_clock(), read_clock();
  return result;
}

int socketpair(int domain, int type, int protocol, int fds[2]) {
  int result = real.socketpair(domain, type, protocol, fds);
  read_clock(), read_clock();
  return result;
}

ssize_t read(int fd, void *buffer, size_t size) { return real.read(fd, buffer, size); }
ssize_t write(int fd, const void *buffer, size_t size) { return real.write(fd, buffer, size); }
