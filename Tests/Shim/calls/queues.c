/* Message queues, shared memory, named semaphores, pseudo-terminals. */
#include "tests.h"

#include <mqueue.h>
#include <pthread.h>
#include <pty.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <termios.h>

extern mqd_t __mq_open_2(const char *name, int flags);

static const char *own_name(void) {
  static char name[32];
  snprintf(name, sizeof name, "/fdtrack-%d", getpid());
  return name;
}

static mqd_t queue(void) {
  mqd_t made = mq_open(own_name(), O_CREAT | O_RDWR, 0600, NULL);
  or_skip(made, "mq_open");
  return made;
}

TEST(mq_open) {
  mqd_t made = queue();
  check_opened(made, "mq_open", FDT_KIND_MQUEUE, FDT_OWNER_RAW);
  CHECK(memcmp(detail_of(made)->text, own_name(), strlen(own_name())) == 0);
  mqd_t again = mq_open(own_name(), O_RDONLY);
  check_opened(again, "mq_open", FDT_KIND_MQUEUE, FDT_OWNER_RAW);
  CHECK(mq_close(again) == 0 && mq_close(made) == 0 && mq_unlink(own_name()) == 0);
  CHECK(mq_open(own_name(), O_RDONLY) == -1 && errno == ENOENT);
}

TEST(__mq_open_2) {
  mqd_t made = queue(), again = __mq_open_2(own_name(), O_RDONLY);
  check_opened(again, "__mq_open_2", FDT_KIND_MQUEUE, FDT_OWNER_RAW);
  CHECK(mq_close(again) == 0 && mq_close(made) == 0 && mq_unlink(own_name()) == 0);
}

RAW_TEST(mq_open) {
  mqd_t made = queue();
  /* The kernel's name has no slash. */
  int again = (int)syscall(SYS_mq_open, own_name() + 1, O_RDONLY, 0, NULL);
  check_opened(again, "syscall", FDT_KIND_MQUEUE, FDT_OWNER_RAW);
  CHECK(mq_close(made) == 0 && mq_unlink(own_name()) == 0);
}

TEST(mq_close) {
  mqd_t made = queue();
  CHECK(mq_unlink(own_name()) == 0 && mq_close(made) == 0);
  check_closed(made, "mq_close");
  CHECK(mq_close(made) == -1 && errno == EBADF);
}

static void ignore(union sigval value) { (void)value; }

static int netlink_sockets(void) {
  int count = 0;
  for (int fd = 0; fd < 1024; fd++) {
    const struct fdt_live *entry = entry_of(fd);
    count += entry != NULL && FDT_LIVE_STATE(entry->state) == FDT_LIVE_OPEN &&
             entry->kind == FDT_KIND_NETLINK && is_call(entry->call, "mq_notify");
  }
  return count;
}

TEST(mq_notify) {
  mqd_t made = queue();
  struct sigevent by_thread = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ignore};
  struct sigevent by_nothing = {.sigev_notify = SIGEV_NONE};
  CHECK(mq_unlink(own_name()) == 0);
  CHECK(mq_notify(made, &by_nothing) == 0 && mq_notify(made, NULL) == 0);
  CHECK_EQUAL(netlink_sockets(), 0);
  for (int i = 0; i < 2; i++) {
    CHECK(mq_notify(made, &by_thread) == 0);
    CHECK_EQUAL(netlink_sockets(), 1); /* libc's own, made once and kept */
    check_table();
    CHECK(mq_notify(made, NULL) == 0);
  }
}

TEST(shm_open) {
  char path[48] = "/dev/shm";
  strcat(path, own_name());
  int fd = or_skip(shm_open(own_name(), O_CREAT | O_RDWR, 0600), "shm_open");
  check_opened(fd, "shm_open", FDT_KIND_FILE, FDT_OWNER_RAW);
  CHECK(detail_of(fd)->text_size == strlen(path) &&
        memcmp(detail_of(fd)->text, path, strlen(path)) == 0);
  CHECK(shm_unlink(own_name()) == 0 && close(fd) == 0);
  check_closed(fd, "close");
  CHECK(shm_open(own_name(), O_RDWR, 0) == -1 && errno == ENOENT);
}

CASE(named_semaphore) {
  uint64_t opened = own_process()->opened, closed = own_process()->closed;
  sem_t *semaphore = sem_open(own_name(), O_CREAT, 0600, 1);
  if (semaphore == SEM_FAILED)
    SKIP("sem_open");
  check_table();
  CHECK(sem_wait(semaphore) == 0 && sem_close(semaphore) == 0 && sem_unlink(own_name()) == 0);
  CHECK_EQUAL(own_process()->opened - opened, own_process()->closed - closed);
}

/* ---- terminals --------------------------------------------------------------------------- */

TEST(openpty) {
  int master, slave;
  char name[64];
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  or_skip(openpty(&master, &slave, name, NULL, &size), "openpty");
  check_opened(master, "openpty", FDT_KIND_PTY, FDT_OWNER_RAW);
  check_opened(slave, "openpty", FDT_KIND_PTY, FDT_OWNER_RAW);
  CHECK(memcmp(detail_of(slave)->text, name, strlen(name)) == 0);
  CHECK(ioctl(slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 24);
  CHECK(close(slave) == 0 && close(master) == 0);
  check_closed(slave, "close");
  check_closed(master, "close");
}

CASE(granted_terminal) {
  int master = or_skip(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
  char name[64];
  CHECK(grantpt(master) == 0 && unlockpt(master) == 0);
  CHECK(ptsname_r(master, name, sizeof name) == 0);
  check_table();
  int slave = open(name, O_RDWR | O_NOCTTY);
  check_opened(slave, "open", FDT_KIND_FILE, FDT_OWNER_RAW);
}
