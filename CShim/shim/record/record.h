/* Recording: what the wrappers, and any other source of events, tell. None of
 * these touch errno, lock, allocate or call libc; all are async-signal-safe. */
#ifndef FDT_RECORD_RECORD_H
#define FDT_RECORD_RECORD_H

#include "fdtrack_format.h"
#include "trace/counters.h"
#include "trace/trace.h"
#include "unwind/capture.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* What is known of a descriptor when it comes into being. */
struct fdt_birthmark {
  uint8_t kind;  /* enum fdt_kind */
  uint8_t owner; /* enum fdt_owner */
  bool cloexec;
  bool replaces;    /* the call ended what had the number before (freopen) */
  bool connected;   /* an accepted socket */
  const char *path; /* or NULL */
  uint16_t domain;  /* sockets */
  uint16_t type;
  const void *remote; /* peer's address, or NULL */
  uint32_t remote_size;
  int sender; /* pid of who sent it in a message, 0 unknown */
};

/* What an accepted socket has in common with its listener. */
struct fdt_birthmark fdt_birthmark_of_socket(int listener);

/* A call returned a new descriptor. A descriptor that the table still had under
 * that number was closed unseen. */
void fdt_opened(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark);

/* Two descriptors of one call. */
void fdt_opened_pair(const struct fdt_act *act, const int fds[2], const struct fdt_birthmark *mark);

/* A message, an event or another process brought a descriptor; `sight` is what the kernel
 * told of it, or NULL. What is not known of its kind (FDT_KIND_OTHER), a snapshot will tell. */
struct fdt_sight;
void fdt_received(const struct fdt_act *act, int fd, const struct fdt_birthmark *mark,
                  const struct fdt_sight *sight);

/* Whether the table has `fd` as open, by a call seen no earlier than `since`. */
bool fdt_is_told(int fd, uint64_t since);

/* The kind of `fd` in the table; FDT_KIND_UNKNOWN when it is not open there. */
uint8_t fdt_kind_of(int fd);

/* `fd` became a duplicate of `source`; `replaces`: what it named before, if anything, ended by
 * that. */
void fdt_duplicated(const struct fdt_act *act, int source, int fd, bool cloexec, bool replaces);

/* A close, in two halves: the number may be another thread's as soon as the
 * kernel has it back, so all is written before the call. */
struct fdt_closing {
  struct fdt_live *entry; /* NULL: not in the table */
  uint32_t word;          /* its state while closing; without an entry, the stack of the call */
  uint8_t owner;          /* enum fdt_owner, when the entry is this process's own opening */
};
_Static_assert(sizeof(struct fdt_closing) <= 16, "it travels in registers");
struct fdt_closing fdt_close_begin(const struct fdt_act *act, int fd);

/* What there is to say of a close that did not go well. */
void fdt_close_failed(const struct fdt_act *act, int fd, struct fdt_closing closing, int error);

/* `error` is 0 or the errno of the call. */
static inline void fdt_close_end(const struct fdt_act *act, int fd, struct fdt_closing closing,
                                 int error) {
  if (fdt_unlikely(error != 0))
    fdt_close_failed(act, fd, closing, error);
  else if (closing.entry != NULL)
    /* Fails when the number was opened again meanwhile: then it is that one's. */
    fdt_change(&closing.entry->state, closing.word,
               (FDT_LIVE_GENERATION(closing.word) << 8) | FDT_LIVE_CLOSED);
}

/* All of first..last ended (close_range), or got FD_CLOEXEC. */
void fdt_closed_range(const struct fdt_act *act, unsigned first, unsigned last);
void fdt_cloexec_range(unsigned first, unsigned last);

/* FD_CLOEXEC was set or cleared by a later call. */
void fdt_cloexec_changed(const struct fdt_act *act, int fd, bool cloexec);

/* Copies the path that the table has of `fd`, NUL-ended; false when it has none that
 * is whole and short. */
bool fdt_path_of(int fd, char path[FDT_TEXT_MAX + 1]);

/* A FILE*, DIR* took the descriptor over. */
void fdt_owned(int fd, enum fdt_owner owner);

/* Whether the other end of a unix socket was made by another call, perhaps in another
 * process: it was connected or accepted, and is not half of a pair. */
bool fdt_has_peer_of_its_own(int fd);

/* Whether a read of nothing from `fd` means that the other side has closed: a
 * stream socket or a pipe, not the end of a file. */
bool fdt_ends_by_peer(int fd);

/* Something failed on a descriptor: kept as its last notable event. */
void fdt_noted(const struct fdt_act *act, int fd, int error);

/* A timeout of the program's own ended a call that waited for it: kept as EAGAIN (of a connect:
 * EINPROGRESS), unless something else was noted before. No event is written: a loop may do so for
 * as long as it runs. What is read from then on is watched, record/reads.h. */
void fdt_timed_out(const struct fdt_act *act, int fd);

/* There was something after all: that is taken back. */
void fdt_went_on(int fd);

/* The same as fdt_noted, unless something was noted before. */
void fdt_noted_at_first(const struct fdt_act *act, int fd, int error);

/* Addresses and states of sockets. Whom a connect was meant for, and the address that a bind
 * asked for, is kept even when it failed; FDT_FD_CONNECTED is not. */
void fdt_bound(int fd, const void *address, uint32_t size, bool failed);
void fdt_connected(int fd, const void *address, uint32_t size, bool failed);
void fdt_listening(int fd);

/* A call that should have returned a descriptor failed: EMFILE and ENFILE are kept. */
void fdt_open_failed(const struct fdt_act *act, int error);

/* The same for a call that makes it from another one, `source`. */
void fdt_failed_from(const struct fdt_act *act, int source, int error);

#endif
