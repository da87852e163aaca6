/* Descriptors that libc keeps for itself. What a call keeps or lets go of depends on
 * the machine's databases, so each test holds the table against what happened. */
#include "tests.h"

#include <dlfcn.h>
#include <fmtmsg.h>
#include <fstab.h>
#include <grp.h>
#include <gshadow.h>
#include <netdb.h>
#include <pwd.h>
#include <rpc/netdb.h>
#include <shadow.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <utmp.h>
#include <utmpx.h>

static bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

/* The one that libc holds, as the table knows it: -1 for none. */
static int held(void) {
  for (int fd = 3; fd < 64; fd++)
    if (is_open(fd) && entry_of(fd) != NULL && entry_of(fd)->owner == FDT_OWNER_LIBC)
      return fd;
  return -1;
}

static int lowest_free(void) {
  int fd = 3;
  while (is_open(fd))
    fd++;
  return fd;
}

/* `call` was made when `free` was the lowest free number. */
static void check_kept(int free, const char *call) {
  if (!is_open(free))
    return; /* it keeps nothing here */
  check_opened(free, call, entry_of(free)->kind, FDT_OWNER_LIBC);
  CHECK_EQUAL(held(), free);
}

#define KEEPS(name, call)                                                                          \
  TEST(name) {                                                                                     \
    int free = lowest_free();                                                                      \
    (void)call;                                                                                    \
    check_kept(free, #name);                                                                       \
    (void)call;                                                                                    \
  }

#define KEEPS_VOID(name, call)                                                                     \
  TEST(name) {                                                                                     \
    int free = lowest_free();                                                                      \
    call;                                                                                          \
    check_kept(free, #name);                                                                       \
    call;                                                                                          \
  }

/* What `open` keeps is let go of by `name`. */
#define LETS_GO(name, call, open)                                                                  \
  TEST(name) {                                                                                     \
    open;                                                                                          \
    int fd = held();                                                                               \
    call;                                                                                          \
    if (fd >= 0)                                                                                   \
      check_closed(fd, #name);                                                                     \
    CHECK_EQUAL(held(), -1);                                                                       \
  }

static char room[4096];

#define ACCOUNTS(name, entry)                                                                      \
  KEEPS_VOID(set##name, set##name())                                                               \
  KEEPS(get##name, get##name())                                                                    \
  TEST(get##name##_r) {                                                                            \
    struct entry one, *found;                                                                      \
    int free = lowest_free();                                                                      \
    get##name##_r(&one, room, sizeof room, &found);                                                \
    check_kept(free, "get" #name "_r");                                                            \
  }                                                                                                \
  LETS_GO(end##name, end##name(), get##name())

ACCOUNTS(pwent, passwd)
ACCOUNTS(grent, group)
ACCOUNTS(spent, spwd)
ACCOUNTS(sgent, sgrp)

#define NAMES(name, entry, ...)                                                                    \
  KEEPS_VOID(set##name, set##name(1))                                                              \
  KEEPS(get##name, get##name())                                                                    \
  TEST(get##name##_r) {                                                                            \
    struct entry one, *found;                                                                      \
    int error;                                                                                     \
    int free = lowest_free();                                                                      \
    (void)error;                                                                                   \
    get##name##_r(&one, room, sizeof room, &found __VA_ARGS__);                                    \
    check_kept(free, "get" #name "_r");                                                            \
  }                                                                                                \
  LETS_GO(end##name, end##name(), get##name())

NAMES(hostent, hostent, , &error)
NAMES(netent, netent, , &error)
NAMES(protoent, protoent)
NAMES(servent, servent)
NAMES(rpcent, rpcent)

KEEPS(lckpwdf, lckpwdf())
LETS_GO(ulckpwdf, ulckpwdf(), lckpwdf())

KEEPS(setfsent, setfsent())
KEEPS(getfsent, getfsent())
KEEPS(getfsspec, getfsspec("none"))
KEEPS(getfsfile, getfsfile("/"))
LETS_GO(endfsent, endfsent(), setfsent())

/* A file of its own, for there may be none. */
static void make_utmp(void) {
  struct utmp one = {.ut_type = USER_PROCESS, .ut_pid = 1, .ut_line = "tty9", .ut_id = "9"};
  int fd = open("utmp", O_WRONLY | O_CREAT, 0600);
  CHECK(write(fd, &one, sizeof one) == sizeof one);
  CHECK(close(fd) == 0);
  CHECK(utmpname("utmp") == 0);
}

#define LOGINS(name, call)                                                                         \
  TEST(name) {                                                                                     \
    struct utmp like = {.ut_type = USER_PROCESS, .ut_line = "tty9", .ut_id = "9"};                 \
    struct utmpx like_x = {.ut_type = USER_PROCESS, .ut_line = "tty9", .ut_id = "9"};              \
    struct utmp one, *found;                                                                       \
    (void)like, (void)like_x, (void)one, (void)found;                                              \
    make_utmp();                                                                                   \
    int free = lowest_free();                                                                      \
    call;                                                                                          \
    CHECK(is_open(free));                                                                          \
    check_kept(free, #name);                                                                       \
    endutent();                                                                                    \
    unlink("utmp");                                                                                \
  }

LOGINS(setutent, setutent())
LOGINS(getutent, getutent())
LOGINS(getutent_r, getutent_r(&one, &found))
LOGINS(getutid, getutid(&like))
LOGINS(getutid_r, getutid_r(&like, &one, &found))
LOGINS(getutline, getutline(&like))
LOGINS(getutline_r, getutline_r(&like, &one, &found))
LOGINS(pututline, CHECK(pututline(&like) != NULL))
LOGINS(setutxent, setutxent())
LOGINS(getutxent, getutxent())
LOGINS(getutxid, getutxid(&like_x))
LOGINS(getutxline, getutxline(&like_x))
LOGINS(pututxline, CHECK(pututxline(&like_x) != NULL))
LETS_GO(endutent, endutent(), (make_utmp(), setutent()))
LETS_GO(endutxent, endutxent(), (make_utmp(), setutxent()))
LETS_GO(utmpname, utmpname("elsewhere"), (make_utmp(), setutent()))
LETS_GO(utmpxname, utmpxname("elsewhere"), (make_utmp(), setutent()))

/* libc opens a second one and moves it over the first. */
CASE(utmp_reopened_for_writing) {
  struct utmp like = {.ut_type = USER_PROCESS, .ut_line = "tty9", .ut_id = "9"};
  make_utmp();
  setutent();
  int fd = held();
  CHECK(pututline(&like) != NULL);
  CHECK_EQUAL(held(), fd);
  endutent();
  check_closed(fd, "endutent");
}

/* ---- the log ------------------------------------------------------------------------- */

void __syslog_chk(int priority, int flag, const char *format, ...);
void __vsyslog_chk(int priority, int flag, const char *format, va_list more);

KEEPS_VOID(openlog, openlog("calls", LOG_NDELAY, LOG_USER))
KEEPS_VOID(syslog, syslog(LOG_DEBUG, "%s", "a test"))
KEEPS_VOID(__syslog_chk, __syslog_chk(LOG_DEBUG, 1, "%s", "a test"))
KEEPS(fmtmsg, fmtmsg(MM_CONSOLE, NULL, MM_INFO, "a test", NULL, NULL))
LETS_GO(closelog, closelog(), openlog("calls", LOG_NDELAY, LOG_USER))

static void by_list(bool checked, const char *format, ...) {
  va_list more;
  va_start(more, format);
  if (checked)
    __vsyslog_chk(LOG_DEBUG, 1, format, more);
  else
    vsyslog(LOG_DEBUG, format, more);
  va_end(more);
}

KEEPS_VOID(vsyslog, by_list(false, "%s", "a test"))
KEEPS_VOID(__vsyslog_chk, by_list(true, "%s", "a test"))

/* A log daemon of our own; -1 where another has the name. */
static int log_daemon(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
  int server = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (access("/dev/log", F_OK) == 0 || bind(server, (struct sockaddr *)&name, sizeof name) != 0)
    SKIP("/dev/log is somebody else's");
  return server;
}

CASE(log_socket_is_found) {
  int server = log_daemon();
  errno = EDOM;
  syslog(LOG_DEBUG, "%m");
  char text[256] = "";
  CHECK(recv(server, text, sizeof text - 1, 0) > 0);
  CHECK(strstr(text, strerror(EDOM)) != NULL);
  int fd = held();
  CHECK(fd > server);
  CHECK_EQUAL(entry_of(fd)->kind, FDT_KIND_UNIX);
  closelog();
  check_closed(fd, "closelog");
  CHECK(unlink("/dev/log") == 0);
}

CASE(log_socket_is_followed_to_another_number) {
  int placeholder = open("/dev/null", O_RDONLY);
  int server = log_daemon();
  syslog(LOG_DEBUG, "one");
  int first = held();
  CHECK(first > server);
  CHECK(close(server) == 0);
  CHECK(unlink("/dev/log") == 0);
  server = log_daemon();
  CHECK(close(placeholder) == 0);
  syslog(LOG_DEBUG, "two");
  CHECK_EQUAL(held(), placeholder);
  check_closed(first, "syslog");
  closelog();
  check_closed(placeholder, "closelog");
  CHECK(unlink("/dev/log") == 0);
}

/* Who else opens something meanwhile, unseen, is not taken for libc. */
CASE(log_socket_is_not_confused_with_another) {
  int (*hidden_open)(const char *, int, ...) = dlsym(dlopen("libc.so.6", RTLD_LAZY), "open");
  int unseen = hidden_open("/dev/null", O_RDONLY);
  syslog(LOG_DEBUG, "nobody listens");
  CHECK_EQUAL(held(), -1);
  CHECK(entry_of(unseen) == NULL || FDT_LIVE_STATE(entry_of(unseen)->state) != FDT_LIVE_OPEN);
  int (*hidden_close)(int) = dlsym(dlopen("libc.so.6", RTLD_LAZY), "close");
  CHECK(hidden_close(unseen) == 0);
}
