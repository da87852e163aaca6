/* The environment is the program's own: nothing in it changes but what the shim
 * itself is told by (LD_PRELOAD, FDTRACK_*). */
#include "host.h"

static int count_foreign(void) {
  int count = 0;
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
    count += strncmp(*entry, "FDTRACK_", 8) != 0 && strncmp(*entry, "LD_PRELOAD=", 11) != 0;
  return count;
}

static int run(const char *how, char *const *vector) {
  pid_t child = fork();
  if (child == 0) {
    if (strcmp(how, "execle") == 0)
      execle("/proc/self/exe", "environment", how, (char *)NULL, vector);
    else
      execve("/proc/self/exe", (char *[]){"environment", (char *)how, NULL}, vector);
    _exit(99);
  }
  return reap(child);
}

int main(int argc, char **argv, char **passed) {
  (void)argv;
  if (argc > 1)
    return 40 + count_foreign();
  char preload[4200] = "NONE=1";
  if (getenv("LD_PRELOAD") != NULL)
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
  for (char **entry = passed; *entry != NULL; entry++) {
    char name[256] = "";
    memcpy(name, *entry, strcspn(*entry, "=") < 255 ? strcspn(*entry, "=") : 255);
    CHECK(getenv(name) == strchr(*entry, '=') + 1);
  }
  int own = strncmp(preload, "NONE", 4) == 0;
  CHECK_EQUAL(run("execve", (char *[]){NULL}), 40);
  CHECK_EQUAL(run("execve", (char *[]){"A=1", "B=", preload, NULL}), 42 + own);
  CHECK_EQUAL(run("execle", (char *[]){"A=1", preload, NULL}), 41 + own);
  CHECK_EQUAL(run("execle", (char *[]){NULL}), 40);
  CHECK_EQUAL(run("execve", NULL), 40);
  char *many[400];
  for (int i = 0; i < 398; i++)
    many[i] = "X=1";
  many[398] = preload;
  many[399] = NULL;
  pid_t child = fork();
  if (child == 0) {
    execve("/proc/self/exe", (char *[]){"environment", "child", NULL},
           (char *[]){preload, "FDTRACK_OUT=/proc/nowhere", NULL});
    _exit(99);
  }
  CHECK(child > 0);
  CHECK_EQUAL(reap(child), 40 + own);
  CHECK_EQUAL(run("execve", many), (40 + 398 + own) & 0xff);

  int before = count_foreign();
  CHECK(setenv("FRESH", "1", 1) == 0 && strcmp(getenv("FRESH"), "1") == 0);
  CHECK_EQUAL(count_foreign(), before + 1);
  CHECK(putenv("OTHER=2") == 0 && unsetenv("FRESH") == 0 && getenv("FRESH") == NULL);
  CHECK_EQUAL(count_foreign(), before + 1);
  CHECK_EQUAL(system("test \"$OTHER\" = 2 && test -z \"$FRESH\""), 0);
  CHECK(clearenv() == 0);
  CHECK_EQUAL(system("test -z \"$OTHER\""), 0);
  CHECK(setenv("AGAIN", "3", 1) == 0);
  CHECK_EQUAL(count_foreign(), 1);
  CHECK_EQUAL(system("test \"$AGAIN\" = 3"), 0);
  environ = NULL;
  CHECK_EQUAL(system("true"), 0);
  return CHECKED();
}
