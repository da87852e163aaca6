/* A helper that outlives who started it: says in a file that it runs, and waits.
 *
 *   mailer */
#include "fixture.h"

int main(void) {
  FILE *ready = fopen("mailer.new", "w");
  must(ready != NULL, "mailer.new");
  fprintf(ready, "%d\n", (int)getpid());
  must(fclose(ready) == 0 && rename("mailer.new", "mailer.pid") == 0, "mailer.pid");
  alarm(60); /* whoever forgets it is not left with it */
  for (;;)
    pause();
}
