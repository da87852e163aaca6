/* Opens in a constructor of its own, which runs before that of whatever is loaded
 * ahead of it, and closes in a destructor. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int early_fd = -1;

__attribute__((constructor)) static void begin(void) {
  early_fd = open("/dev/null", O_RDONLY);
  FILE *stream = fopen("/dev/null", "r");
  if (stream != NULL)
    fclose(stream);
}

__attribute__((destructor)) static void finish(void) {
  if (close(early_fd) != 0)
    _exit(1);
}
