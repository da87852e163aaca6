/* Files, folders and memory that an early return leaves open. */
#include "scenario.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

static OUT_OF_LINE void read_first_line(void) {
  char line[64];
  FILE *stream = fopen("/", "r"); /* LEAK: fgets */
  must(stream != NULL, "fopen");
  if (fgets(line, sizeof line, stream) == NULL)
    return;
  fclose(stream);
}

static void failed_fgets(void) { serve(read_first_line); }

static OUT_OF_LINE void find_entry(void) {
  DIR *folder = opendir("/dev"); /* LEAK: opendir */
  must(folder != NULL, "opendir");
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (strcmp(entry->d_name, "null") == 0)
      return;
  }
  closedir(folder);
}

static void found_entry(void) { serve(find_entry); }

static OUT_OF_LINE void read_ordinary(void) {
  struct stat facts;
  int fd = open("/dev/zero", O_RDONLY); /* LEAK: fstat */
  must(fd >= 0 && fstat(fd, &facts) == 0, "open");
  if (!S_ISREG(facts.st_mode))
    return;
  close(fd);
}

static void refused_file(void) { serve(read_ordinary); }

static OUT_OF_LINE void store_upload(void) {
  char name[] = "upload-XXXXXX";
  int fd = mkstemp(name); /* LEAK: mkstemp */
  must(fd >= 0 && unlink(name) == 0, "mkstemp");
}

static void lost_uploads(void) { serve(store_upload); }

static OUT_OF_LINE void render(void) {
  int fd = memfd_create("canvas", MFD_CLOEXEC); /* LEAK: memfd */
  must(fd >= 0 && ftruncate(fd, 4096) == 0, "memfd");
  void *canvas = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  must(canvas != MAP_FAILED, "mmap");
  munmap(canvas, 4096);
}

static void lost_memory(void) { serve(render); }

static OUT_OF_LINE void await_child(void) {
  pid_t pid = fork();
  if (pid == 0)
    _exit(0);
  int fd = pidfd_open(pid, 0); /* LEAK: pidfd */
  must(fd >= 0, "pidfd_open");
  waitpid(pid, NULL, 0);
}

static void lost_pidfds(void) { serve(await_child); }

static OUT_OF_LINE void ask_command(void) {
  char answer[16];
  FILE *command = popen("echo yes", "r"); /* LEAK: popen */
  must(command != NULL && fgets(answer, sizeof answer, command) != NULL, "popen");
}

static void lost_commands(void) { serve(ask_command); }

SCENARIOS({"failed_fgets", failed_fgets}, {"found_entry", found_entry},
          {"refused_file", refused_file}, {"lost_uploads", lost_uploads},
          {"lost_memory", lost_memory}, {"lost_pidfds", lost_pidfds},
          {"lost_commands", lost_commands})
