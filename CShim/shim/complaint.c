#include "complaint.h"

#include "kernel/syscall.h"
#include "kernel/text.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#define SIGNAL(number) (1ull << ((number)-1))

/* Whether a write of PIPE_BUF bytes does not have to wait for a reader. */
static bool takes_more(int fd) {
  struct pollfd one = {.fd = fd, .events = POLLOUT};
  struct timespec now = {0, 0};
  return fdt_syscall5(SYS_ppoll, &one, 1, &now, NULL, 0) == 1 && (one.revents & POLLOUT) != 0;
}

/* Writes what can be written at once, to stderr, without the signals that this may bring: nobody
 * reads the pipe, the file may not grow, the terminal is another job's. The program itself might
 * never have written. */
static void write_quietly(const char *line, size_t size) {
  uint64_t deadly = SIGNAL(SIGPIPE) | SIGNAL(SIGXFSZ) | SIGNAL(SIGTTOU), before, pending = 0;
  if (fdt_failed(fdt_syscall4(SYS_rt_sigprocmask, SIG_BLOCK, &deadly, &before, sizeof before)))
    return;
  fdt_syscall2(SYS_rt_sigpending, &pending, sizeof pending);
  long result = 0;
  for (size_t done = 0; done < size && takes_more(2); done += (size_t)result) {
    result =
        fdt_syscall3(SYS_write, 2, line + done, size - done < PIPE_BUF ? size - done : PIPE_BUF);
    if (fdt_failed(result))
      break;
  }
  uint64_t ours = (result == -EPIPE   ? SIGNAL(SIGPIPE)
                   : result == -EFBIG ? SIGNAL(SIGXFSZ)
                                      : 0) &
                  ~pending;
  struct timespec now = {0, 0};
  if (ours != 0)
    fdt_syscall4(SYS_rt_sigtimedwait, &ours, NULL, &now, sizeof ours);
  fdt_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
}

static const char *reason(int error) {
  switch (error) {
  case EEXIST:
    return "something else stands there";
  case ENOSPC:
    return "no space left on the device";
  case EFBIG:
    return "the file size limit is too low";
  case EACCES:
    return "permission denied";
  case EROFS:
    return "read-only file system";
  case ENOENT:
    return "no such directory";
  case ENOTDIR:
    return "what should be its directory is none";
  case EISDIR:
    return "that is the name of a directory";
  case ENAMETOOLONG:
    return "the name is too long";
  case EMFILE:
  case ENFILE:
    return "too many open files";
  case EDQUOT:
    return "disk quota exceeded";
  case ENOMEM:
    return "no room to map it, or RLIMIT_AS is too low";
  case ENOBUFS: /* of trace/file.c */
    return "it would be memory, of which the control group has too little left";
  default:
    return NULL;
  }
}

void fdt_complain(const char *path, int error) {
  char line[PATH_MAX + 160];
  struct fdt_text text = FDT_TEXT(line);
  fdt_text_add(&text, "fdtrack: no trace: cannot create ");
  fdt_text_add(&text, path);
  const char *known = reason(error);
  fdt_text_add(&text, known == NULL ? ": error " : ": ");
  if (known == NULL)
    fdt_text_add_number(&text, (uint64_t)error);
  else
    fdt_text_add(&text, known);
  fdt_text_add(&text, " (FDTRACK_OUT names another place); the program runs untracked\n");
  write_quietly(line, text.used);
}
