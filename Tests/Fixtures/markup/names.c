/* Loses descriptors whose every name tries to be markup.
 *
 *   markup FOLDER PATH ABSTRACT   leaks files PATH in FOLDER and listeners with the abstract
 *                                 name ABSTRACT and a number
 *
 * Its functions and source files have such names, too; see bare.c and the Makefile. */
#include "../fixture.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/un.h>
#include <unistd.h>

#include "bare.h"

static OUT_OF_LINE void listen_at(const char *name, int round) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  /* The first byte stays zero, which makes the name abstract. */
  int size = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%d%s", round, name);
  must(size > 0 && (size_t)size < sizeof address.sun_path - 1, "name too long");
#line 7 "<img src=x onerror=document.title='owned'>.c"
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  must(fd >= 0, "socket");
  socklen_t used = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size);
  must(bind(fd, (struct sockaddr *)&address, used) == 0, "bind");
  must(listen(fd, 1) == 0, "listen");
}

int main(int argc, char **argv) {
  must(argc == 4, "usage: markup FOLDER PATH ABSTRACT");
  must(chdir(argv[1]) == 0, "chdir");
  for (int round = 0; round < 6; round++) {
    leak_file(argv[2]);
    listen_at(argv[3], round);
    usleep(20000); /* as a server that makes them one by one */
  }
  return 0;
}
