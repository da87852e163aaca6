/* A helper that outlives who started it: says in a file that it runs, and waits.
 *
 *   mailer */
#include "fixture.h"

int main(void) {
  FILE *ready = fopen("mailer.pid", "w");
  must(ready != NULL, "mailer.pid");
  fprintf(ready, "%d\n", (int)getpid());
  must(fclose(ready) == 0, "mailer.pid");
  alarm(60); /* whoever forgets it is not left with it */
  for (;;)
    pause();
}
