/* Runs into its limit, then closes everything: at the end nothing is open. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static int open_log(void) { return open("/dev/null", O_WRONLY); /* MARK: the few */ }

static int open_item(void) { return open("/dev/zero", O_RDONLY); /* MARK: the many */ }

int main(void) {
  struct rlimit limit = {64, 64};
  int items[64], count = 0;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 1;
  int log = open_log();
  while (count < 64 && (items[count] = open_item()) >= 0)
    count++;
  printf("%d\n", count);
  while (count > 0)
    close(items[--count]);
  close(log);
  return 0;
}
