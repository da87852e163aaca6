/* `fdtrack run` chooses the trace of a tree and whoever has the shim first makes it: the
 * command, or, where that has no shim, what it starts, several at once perhaps. This program
 * is such a command; its children are itself again, with the shim. */
#include "run.h"

#define TRACE "tree.bin"

enum { AT_ONCE = 24 };

static const char *long_form(pid_t command) {
  static char setting[4096];
  char folder[2048];
  CHECK(getcwd(folder, sizeof folder) != NULL);
  snprintf(setting, sizeof setting, "00000000000000a7.%08x:%s/" TRACE, (unsigned)command, folder);
  return setting;
}

/* Starts the running program once more. `command`: the pid that the setting names, 0 for the
 * child's own. */
static pid_t start_invited(pid_t command, const char *what) {
  pid_t child = fork();
  if (child != 0)
    return child;
  setenv("FDTRACK_JOIN", long_form(command != 0 ? command : getpid()), 1);
  preload(getenv("SHIM"), "unused.bin", "4M");
  execl("/proc/self/exe", "invitations", what, (char *)NULL);
  _exit(99);
}

/* ---- the programs with the shim ------------------------------------------------------ */

static int setting_is_short(void) {
  return strncmp(getenv("FDTRACK_JOIN"), "a7:/", 4) == 0 ? 0 : 1;
}

/* Takes the trace away before it starts another program. */
static int remove_and_start(void) {
  unlink(TRACE);
  return system("true && exec sleep 0");
}

/* ---- what became of it ----------------------------------------------------------------- */

static void take(struct trace *trace) {
  take_trace(trace, TRACE);
  CHECK_EQUAL(trace->header->trace_id, 0xa7);
  CHECK(access("unused.bin", F_OK) == -1 && access(TRACE ".2", F_OK) == -1);
}

static void it_is_the_command(void) {
  static struct trace trace;
  pid_t child = start_invited(0, "setting");
  CHECK_EQUAL(finish(child), 0);
  take(&trace);
  CHECK_EQUAL(trace_process_count(&trace), 1);
  const struct fdt_process *process = trace_process(&trace, 1);
  CHECK(process != NULL && process->pid == (uint32_t)child && process->how == FDT_HOW_START);
}

static bool string_is(const struct trace *trace, uint32_t ref, const char *wanted, size_t length) {
  size_t size;
  const char *bytes = trace_string(trace, ref, &size);
  return bytes != NULL && size == length && memcmp(bytes, wanted, length) == 0;
}

static void the_command_has_no_shim(void) {
  static struct trace trace;
  char exe[4096];
  ssize_t length = readlink("/proc/self/exe", exe, sizeof exe);
  pid_t children[AT_ONCE];
  for (int i = 0; i < AT_ONCE; i++)
    children[i] = start_invited(getppid(), "setting");
  for (int i = 0; i < AT_ONCE; i++)
    CHECK_EQUAL(finish(children[i]), 0);
  take(&trace);
  CHECK_EQUAL(trace_process_count(&trace), AT_ONCE + 1);
  const struct fdt_process *command = trace_process(&trace, 1);
  CHECK(command != NULL && command->pid == (uint32_t)getppid());
  if (command == NULL)
    return;
  CHECK(command->how == FDT_HOW_SPAWN && (command->flags & FDT_PROCESS_ATTACHED) == 0);
  CHECK(string_is(&trace, command->exe, exe, (size_t)length));
  CHECK(
      string_is(&trace, command->argv, "invitations\0command", sizeof "invitations\0command" - 1));
  for (uint32_t ref = 2; ref <= AT_ONCE + 1; ref++) {
    const struct fdt_process *process = trace_process(&trace, ref);
    CHECK(process != NULL && process->how == FDT_HOW_ATTACH);
  }
}

/* Its children are those of the record that stands for it. */
static void it_is_their_parent(void) {
  static struct trace trace;
  CHECK_EQUAL(finish(start_invited(getpid(), "setting")), 0);
  take(&trace);
  CHECK_EQUAL(trace_process_count(&trace), 2);
  const struct fdt_process *child = trace_process(&trace, 2);
  CHECK(child != NULL && child->parent == 1 && child->ppid == (uint32_t)getpid());
}

/* What was being made and never was: nobody waits for long, and nobody touches it. */
static void it_was_never_finished(void) {
  CHECK(close(open(TRACE, O_WRONLY | O_CREAT | O_EXCL, 0600)) == 0);
  CHECK_EQUAL(finish(start_invited(0, "nothing")), 0);
  struct stat about;
  CHECK(stat(TRACE, &about) == 0 && about.st_size == 0 && unlink(TRACE) == 0);
}

static void it_was_taken_away(void) {
  CHECK_EQUAL(finish(start_invited(0, "remove")), 0);
  CHECK(access(TRACE, F_OK) == -1 && access("unused.bin", F_OK) == -1);
}

/* As a child of a process that has a name of its own. */
static void under_a_command(void) {
  pid_t command = fork();
  if (command == 0) {
    execl("/proc/self/exe", "invitations", "command", (char *)NULL);
    _exit(99);
  }
  CHECK_EQUAL(finish(command), 0);
}

static int command(void) {
  pid_t child = fork();
  if (child == 0) {
    the_command_has_no_shim();
    _exit(CHECKED());
  }
  return finish(child);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "nothing") == 0)
    return 0;
  if (strcmp(what, "setting") == 0)
    return setting_is_short();
  if (strcmp(what, "remove") == 0)
    return remove_and_start();
  if (strcmp(what, "command") == 0)
    return command();
  it_is_the_command();
  under_a_command();
  it_is_their_parent();
  it_was_never_finished();
  it_was_taken_away();
  return CHECKED();
}
