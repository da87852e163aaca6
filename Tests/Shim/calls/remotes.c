/* The r commands against a server on loopback, and the table of mounts. */
#include "tests.h"

#include <arpa/inet.h>
#include <mntent.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

FILE *__setmntent(const char *path, const char *mode);
int __endmntent(FILE *stream);

#define MOUNTS(open_name, close_name)                                                              \
  TEST(open_name) {                                                                                \
    FILE *stream = open_name("/proc/self/mounts", "r");                                            \
    check_opened(fileno(stream), #open_name, FDT_KIND_FILE, FDT_OWNER_FILE);                       \
    CHECK((entry_of(fileno(stream))->flags & FDT_FD_CLOEXEC) != 0);                                \
    CHECK(open_name("/nonexistent", "r") == NULL);                                                 \
  }                                                                                                \
  TEST(close_name) {                                                                               \
    FILE *stream = open_name("/proc/self/mounts", "r");                                            \
    int fd = fileno(stream);                                                                       \
    CHECK(close_name(stream) == 1);                                                                \
    check_closed(fd, #close_name);                                                                 \
  }

MOUNTS(setmntent, endmntent)
MOUNTS(__setmntent, __endmntent)

/* A server that accepts one connection, reads what it is told and says yes. */
struct server {
  pid_t pid;
  int port; /* in the host's order */
};

static struct server serve(void) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof name;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 1) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&name, &size) == 0);
  pid_t pid = fork();
  if (pid == 0) {
    char text[256];
    int client = accept(listener, NULL, NULL);
    ssize_t read_some = read(client, text, sizeof text);
    _exit(read_some > 0 && write(client, "", 1) == 1 ? 0 : 1);
  }
  CHECK(close(listener) == 0);
  return (struct server){pid, ntohs(name.sin_port)};
}

#define REMOTE(name, call)                                                                         \
  TEST(name) {                                                                                     \
    char *host = strdup("127.0.0.1");                                                              \
    struct server server = serve();                                                                \
    int fd = call;                                                                                 \
    if (fd < 0) { /* no privileged port may be had here */                                         \
      CHECK(kill(server.pid, SIGKILL) == 0);                                                       \
      CHECK(waitpid(server.pid, NULL, 0) == server.pid);                                           \
      SKIP(#name " connects to nothing here");                                                     \
    }                                                                                              \
    check_opened(fd, #name, FDT_KIND_TCP, FDT_OWNER_RAW);                                          \
    CHECK(waitpid(server.pid, NULL, 0) == server.pid);                                             \
    CHECK(close(fd) == 0);                                                                         \
  }

#define PORT (htons((uint16_t)server.port))

REMOTE(rcmd, rcmd(&host, PORT, "me", "you", "true", NULL))
REMOTE(rcmd_af, rcmd_af(&host, PORT, "me", "you", "true", NULL, AF_INET))
REMOTE(rexec, rexec(&host, PORT, "me", "secret", "true", NULL))
REMOTE(rexec_af, rexec_af(&host, PORT, "me", "secret", "true", NULL, AF_INET))

#define RESERVED(name, call)                                                                       \
  TEST(name) {                                                                                     \
    int port = 1023;                                                                               \
    int fd = call;                                                                                 \
    if (fd < 0)                                                                                    \
      SKIP("no privileged port may be had here");                                                  \
    check_opened(fd, #name, FDT_KIND_TCP, FDT_OWNER_RAW);                                          \
    CHECK(close(fd) == 0);                                                                         \
  }

RESERVED(rresvport, rresvport(&port))
RESERVED(rresvport_af, rresvport_af(&port, AF_INET))
