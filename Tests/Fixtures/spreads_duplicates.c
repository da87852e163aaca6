/* A server that loses a duplicate of its listener at two places, a hundred times
 * each, and runs another program meanwhile.
 *
 *   spreads_duplicates */
#include "fixture.h"

static OUT_OF_LINE void lose_in_loop(int listener) {
  must(dup(listener) >= 0, "dup"); /* LEAK: loop */
}

static OUT_OF_LINE void lose_in_retry(int listener) {
  must(dup(listener) >= 0, "dup"); /* LEAK: retry */
}

int main(void) {
  struct sockaddr_in address = loopback(0);
  int listener = socket(AF_INET, SOCK_STREAM, 0); /* OPEN: listener */
  must(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(listener, 8) == 0, "listen");
  for (int i = 0; i < 100; i++) {
    lose_in_loop(listener);
    lose_in_retry(listener);
  }
  must(system("exec /bin/true") == 0, "system");
  return 0;
}
