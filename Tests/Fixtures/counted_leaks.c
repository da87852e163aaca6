/* Leaks as many of each as it is told, so that runs can be compared.
 *
 *   counted_leaks FILES SOCKETS PIPES */
#include "fixture.h"

#include <fcntl.h>

static OUT_OF_LINE int leak_file(void) { return open("/dev/null", O_RDONLY); /* LEAK: file */ }

static OUT_OF_LINE int leak_socket(void) {
  return socket(AF_INET, SOCK_STREAM, 0); /* LEAK: socket */
}

static OUT_OF_LINE int leak_pipe(void) {
  int ends[2];
  return pipe(ends); /* LEAK: pipe */
}

static OUT_OF_LINE void repeat(const char *times, int (*leak)(void)) {
  for (int round = 0; round < atoi(times); round++)
    must(leak() >= 0, "leak");
}

int main(int argc, char **argv) {
  must(argc == 4, "usage: counted_leaks FILES SOCKETS PIPES");
  repeat(argv[1], leak_file);
  repeat(argv[2], leak_socket);
  repeat(argv[3], leak_pipe);
  return 0;
}
