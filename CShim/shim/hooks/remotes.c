/* The r commands, rcmd(3) and rexec(3): a connection to a server, and where it is
 * asked for another one for errors. */
#include "after.h"

#include <errno.h>
#include <netdb.h>

/* libc's own attempts, which it closed again, are not told of. */
static void connected(const struct fdt_act *act, int fd, const int *errors) {
  const struct fdt_birthmark mark = {.kind = FDT_KIND_TCP, .type = SOCK_STREAM};
  if (fd < 0) {
    fdt_open_failed(act, errno);
    return;
  }
  fdt_opened(act, fd, &mark);
  if (errors != NULL && *errors >= 0)
    fdt_opened(act, *errors, &mark);
}

#define REMOTE(name, parameters, arguments, errors)                                                \
  FDT_EXPORT int name parameters {                                                                 \
    fdt_enter();                                                                                   \
    int fd = fdt_real.name arguments;                                                              \
    if (fdt_recording())                                                                           \
      connected(FDT_ACT(name), fd, errors);                                                        \
    return fd;                                                                                     \
  }

REMOTE(rcmd,
       (char **host, unsigned short port, const char *local, const char *remote,
        const char *command, int *errors),
       (host, port, local, remote, command, errors), errors)
REMOTE(rcmd_af,
       (char **host, unsigned short port, const char *local, const char *remote,
        const char *command, int *errors, sa_family_t family),
       (host, port, local, remote, command, errors, family), errors)
REMOTE(rexec,
       (char **host, int port, const char *user, const char *password, const char *command,
        int *errors),
       (host, port, user, password, command, errors), errors)
REMOTE(rexec_af,
       (char **host, int port, const char *user, const char *password, const char *command,
        int *errors, sa_family_t family),
       (host, port, user, password, command, errors, family), errors)
REMOTE(rresvport, (int *port), (port), NULL)
REMOTE(rresvport_af, (int *port, sa_family_t family), (port, family), NULL)
