/* A backup agent that is told by fanotify of every file that is written, each time
 * with a descriptor of the file. It copies what is long enough, and forgets the
 * descriptors of the others.
 *
 *   file_watcher probe         exit status 0 when the system lets it watch
 *   file_watcher watch ROUNDS  in the current folder: ROUNDS short files, one long */
#include "fixture.h"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/stat.h>

static int watch(void) {
  int group = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);
  if (group >= 0 &&
      fanotify_mark(group, FAN_MARK_ADD, FAN_CLOSE_WRITE | FAN_EVENT_ON_CHILD, AT_FDCWD, ".") == 0)
    return group;
  perror("fanotify");
  return -1;
}

static OUT_OF_LINE void back_up(int file) {
  struct stat about;
  must(fstat(file, &about) == 0, "fstat");
  if (about.st_size < 100)
    return; /* and the descriptor is forgotten */
  close(file);
}

static OUT_OF_LINE void take_event(int group) {
  struct fanotify_event_metadata event;
  must(read(group, &event, sizeof event) == sizeof event, "read"); /* LEAK: event */
  back_up(event.fd);
}

static OUT_OF_LINE void write_file(int number, int size) {
  char name[16];
  snprintf(name, sizeof name, "%d", number);
  int file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  must(file >= 0 && ftruncate(file, size) == 0, name);
  close(file);
}

int main(int argc, char **argv) {
  must(argc >= 2, "usage: file_watcher probe, file_watcher watch ROUNDS");
  int group = watch();
  if (argc == 2)
    return group >= 0 ? 0 : 1;
  for (int i = 0; i <= atoi(argv[2]); i++) {
    write_file(i, i == 0 ? 1000 : 10);
    take_event(group);
  }
  close(group);
  return 0;
}
