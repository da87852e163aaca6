/* The fdtrack trace format: the one definition, shared by the shim that
 * writes it (CShim/shim) and the analyzer that reads it (Sources).
 *
 * A trace is one file of fixed size, fully allocated before it is mapped, and
 * written through MAP_SHARED mappings by every process of a tree at once. All
 * integers are in the byte order of the writer, which `byte_order` tells.
 *
 * References between records are indices or offsets, never pointers, because
 * each process maps the file at an address of its own. An index that may be
 * absent is stored plus one, so that zero (what a fresh file holds) means
 * "none"; fields of that sort are called *_ref below.
 *
 * Publication: each record has one word that is stored last, with release
 * order, after everything else in the record; it is marked "published last".
 * A reader loads it first (acquire) and ignores the record while it holds zero
 * or a busy mark. A writer may be killed at any instruction, so a reader must
 * take every record as possibly half written, and every value as hostile.
 *
 * The header is plain C11 with fixed-width members, padded by hand; the
 * assertions at the end hold the layout. Swift imports it as it stands. */
#ifndef FDTRACK_FORMAT_H
#define FDTRACK_FORMAT_H

#include <stdint.h>

#define FDT_MAGIC      "FDTRACK" /* eight bytes with the final NUL */
#define FDT_BYTE_ORDER 0x01020304u
#define FDT_VERSION    3u

/* ---- sections ---------------------------------------------------------- */

enum fdt_section_id {
  FDT_SECTION_CALLS,       /* struct fdt_call: names of interposed functions    */
  FDT_SECTION_PROCESSES,   /* struct fdt_process                                */
  FDT_SECTION_STACKS,      /* struct fdt_stack_node: slot = stack number - 1     */
  FDT_SECTION_SITES,       /* struct fdt_site: hash table, slot = ref - 1        */
  FDT_SECTION_CLOSERS,     /* struct fdt_closer: hash table                      */
  FDT_SECTION_MODULES,     /* struct fdt_module: slot = module number - 1        */
  FDT_SECTION_STRINGS,     /* struct fdt_string, back to back, 8-byte aligned    */
  FDT_SECTION_UNITS,       /* FDT_UNIT_SIZE blocks: live tables and their index  */
  FDT_SECTION_RING,        /* struct fdt_chunk                                   */
  FDT_SECTION_MISUSES,     /* struct fdt_misuse: hash table                      */
  FDT_SECTION_MARKS,       /* struct fdt_mark: slot = mark_ref - 1. Absent (all zero) in the
                            * traces of shims that knew none                     */
  FDT_SECTION_STACK_INDEX, /* uint64_t: how recorders find a stack; readers need none of
                            * it. Absent in the traces of shims that had none */
  FDT_SECTION_COUNT
};

struct fdt_section {
  uint64_t offset; /* bytes from the start of the file, page aligned */
  uint64_t size;   /* bytes; count * stride fits in it               */
  uint32_t stride; /* bytes of one record                            */
  uint32_t count;  /* capacity in records (bytes for STRINGS)        */
};

/* ---- losses -------------------------------------------------------------
 * One counter for each resource that can run out and each thing that can go
 * unrecorded. X(number, identifier, JSON name, what a user should understand of one,
 * and of several). Numbers are kept; 14 was never counted and means nothing. */
#define FDT_LOSSES(X)                                                                              \
  X(0, PROCESSES, "processes", "process not recorded: the process table is full",                  \
    "processes not recorded: the process table is full")                                           \
  X(1, LIVE_BLOCKS, "live_blocks",                                                                 \
    "time there was no room to follow an fd: the live table is full",                              \
    "times there was no room to follow an fd: the live table is full")                             \
  X(2, FD_NUMBERS, "fd_numbers",                                                                   \
    "time an fd was not followed: its number is above what the trace can hold",                    \
    "times an fd was not followed: its number is above what the trace can hold")                   \
  X(3, STACKS, "stacks", "event without a stack: the stack store is full",                         \
    "events without a stack: the stack store is full")                                             \
  X(4, SITES, "sites", "open not counted by call site: the site table is full",                    \
    "opens not counted by call site: the site table is full")                                      \
  X(5, CLOSERS, "closers", "close not counted by call site: the table is full",                    \
    "closes not counted by call site: the table is full")                                          \
  X(6, MODULES, "modules", "frame without a module: the module table is full",                     \
    "frames without a module: the module table is full")                                           \
  X(7, STRINGS, "strings", "path or name cut: the string store is full",                           \
    "paths or names cut: the string store is full")                                                \
  X(8, EARLY_EVENTS, "early_events", "call made while the recorder was starting",                  \
    "calls made while the recorder was starting")                                                  \
  X(9, STACKS_CUT, "stacks_cut",                                                                   \
    "stack whose outermost frames are missing: too deep, or the stack store was nearly full",      \
    "stacks whose outermost frames are missing: too deep, or the stack store was nearly full")     \
  X(10, STACKS_BROKEN, "stacks_broken",                                                            \
    "stack that ends early: no unwind information for a frame",                                    \
    "stacks that end early: no unwind information for a frame")                                    \
  X(11, FORK_UNCERTAIN, "fork_uncertain",                                                          \
    "inherited fd whose opener is uncertain: replaced during fork, or the fork was not seen",      \
    "inherited fds whose opener is uncertain: replaced during fork, or the fork was not seen")     \
  X(12, SNAPSHOT_CUT, "snapshot_cut", "fd not looked at when the snapshot was taken: too many",    \
    "fds not looked at when the snapshot was taken: too many")                                     \
  X(13, SPAWN_AMBIGUOUS, "spawn_ambiguous",                                                        \
    "child program whose parent call is uncertain: several threads spawned at once",               \
    "child programs whose parent call is uncertain: several threads spawned at once")              \
  X(15, MISUSES, "misuses", "wrong close or use not kept: their table is full",                    \
    "wrong closes and uses not kept: their table is full")                                         \
  X(16, TABLES, "tables",                                                                          \
    "thread or process not followed: it shares or splits the table of fds in an unusual way",      \
    "threads or processes not followed: they share or split the table of fds in an unusual way")   \
  X(17, MARKS, "marks", "mark not kept: their table is full", "marks not kept: their table is full")

enum fdt_loss {
#define FDT_LOSS_ENUM(number, id, name, one, several) FDT_LOSS_##id = number,
  FDT_LOSSES(FDT_LOSS_ENUM)
#undef FDT_LOSS_ENUM
      FDT_LOSS_COUNT
};

/* Returns the stable name of a loss counter for JSON, or NULL for a number that is none's. */
static inline const char *fdt_loss_name(uint32_t loss) {
  switch (loss) {
#define FDT_LOSS_NAME(number, id, name, one, several)                                              \
  case FDT_LOSS_##id:                                                                              \
    return name;
    FDT_LOSSES(FDT_LOSS_NAME)
#undef FDT_LOSS_NAME
  }
  return (const char *)0;
}

/* Returns what a loss counter of that value counts, in words that follow the number, or NULL
 * for a number that is none's. */
static inline const char *fdt_loss_text(uint32_t loss, uint64_t count) {
  switch (loss) {
#define FDT_LOSS_TEXT(number, id, name, one, several)                                              \
  case FDT_LOSS_##id:                                                                              \
    return count == 1 ? one : several;
    FDT_LOSSES(FDT_LOSS_TEXT)
#undef FDT_LOSS_TEXT
  }
  return (const char *)0;
}

/* ---- kinds of descriptor: what the kernel made --------------------------
 * X(identifier, JSON name). Numbers are kept: a new kind goes to the end. */
#define FDT_KINDS(X)                                                                               \
  X(UNKNOWN, "unknown")                                                                            \
  X(FILE, "file")                                                                                  \
  X(DIR, "dir")                                                                                    \
  X(TCP, "tcp")                                                                                    \
  X(UDP, "udp")                                                                                    \
  X(UNIX, "unix")                                                                                  \
  X(NETLINK, "netlink")                                                                            \
  X(PIPE, "pipe")                                                                                  \
  X(EVENTFD, "eventfd")                                                                            \
  X(EPOLL, "epoll")                                                                                \
  X(TIMERFD, "timerfd")                                                                            \
  X(SIGNALFD, "signalfd")                                                                          \
  X(INOTIFY, "inotify")                                                                            \
  X(MEMFD, "memfd")                                                                                \
  X(PIDFD, "pidfd")                                                                                \
  X(PTY, "pty")                                                                                    \
  X(OTHER, "other")                                                                                \
  X(MQUEUE, "mqueue")                                                                              \
  X(FANOTIFY, "fanotify")                                                                          \
  X(USERFAULTFD, "userfaultfd")                                                                    \
  X(IO_URING, "io_uring")                                                                          \
  X(PERF_EVENT, "perf_event")                                                                      \
  X(BPF, "bpf")                                                                                    \
  X(MOUNT, "mount")                                                                                \
  X(NAMESPACE, "namespace")                                                                        \
  X(KVM, "kvm")                                                                                    \
  X(DMABUF, "dmabuf")                                                                              \
  X(SYNC_FILE, "sync_file")

enum fdt_kind {
#define FDT_KIND_ENUM(id, name) FDT_KIND_##id,
  FDT_KINDS(FDT_KIND_ENUM)
#undef FDT_KIND_ENUM
      FDT_KIND_COUNT
};

/* Returns the stable name of a kind for JSON, or NULL when out of range. */
static inline const char *fdt_kind_name(uint32_t kind) {
  switch (kind) {
#define FDT_KIND_NAME(id, name)                                                                    \
  case FDT_KIND_##id:                                                                              \
    return name;
    FDT_KINDS(FDT_KIND_NAME)
#undef FDT_KIND_NAME
  }
  return (const char *)0;
}

/* ---- header ------------------------------------------------------------- */

enum fdt_clock {
  FDT_CLOCK_MONOTONIC = 0, /* ticks are CLOCK_MONOTONIC nanoseconds      */
  FDT_CLOCK_COUNTER = 1,   /* invariant TSC, or CNTVCT_EL0; see instants */
};

/* One moment on three clocks. The rate of `ticks` is the slope between the
 * first and the last instant; a trace whose process died before a second one
 * was taken has only `ticks_hz_hint` to go by. */
struct fdt_instant {
  uint64_t ticks;
  uint64_t monotonic_ns;
  uint64_t realtime_ns; /* since 1970 */
  uint64_t check;       /* ticks ^ monotonic_ns ^ realtime_ns, published last */
};

struct fdt_header {
  char magic[8];
  uint32_t byte_order;    /* FDT_BYTE_ORDER                             */
  uint32_t version;       /* FDT_VERSION                                */
  uint32_t header_size;   /* sizeof(struct fdt_header)                  */
  uint32_t machine;       /* ELF e_machine of the writer                */
  uint64_t file_size;     /* bytes                                      */
  uint64_t trace_id;      /* random: a program finds its tree's file by it */
  uint32_t ready;         /* 1 once all below is filled, published last */
  uint32_t clock;         /* enum fdt_clock                             */
  uint64_t ticks_hz_hint; /* 0 when unknown                             */
  uint32_t host;          /* string offsets: uname's nodename, release, */
  uint32_t kernel;
  uint32_t libc;
  uint32_t reserved0;
  struct fdt_section sections[16]; /* FDT_SECTION_COUNT used, rest zero */
  struct fdt_instant first;
  struct fdt_instant last[2]; /* written in turn; the reader takes the later valid one */

  /* Cursors: how much of a section was handed out. They may run past the
   * capacity (that is how fullness is noticed), so a reader clamps them. */
  uint64_t processes_next; /* records */
  uint64_t strings_next;   /* bytes   */
  uint64_t units_next;     /* units   */
  uint64_t ring_next;      /* chunks claimed since the start; wraps by % count */
  uint64_t objects_next;   /* file objects with more than one descriptor */
  uint64_t last_index;     /* which of last[] was written latest */
  uint64_t marks_next;     /* records */
  uint64_t stacks_next;    /* records; 0 in the traces of shims without a STACK_INDEX */
  uint64_t reserved1[3];
  uint64_t losses[32]; /* FDT_LOSS_COUNT used */
};

/* ---- names --------------------------------------------------------------- */

/* The interposed functions, so that a reader needs no list of its own. A call
 * number in other records is a slot here; slot 0 is the empty name. */
struct fdt_call {
  char name[32]; /* NUL padded */
};

/* A string reference (uint32_t) is the byte offset of the record in the
 * section, never 0. Strings are bytes: not always UTF-8, and may hold NULs
 * (argv is its arguments joined by NUL). */
#define FDT_STRING_CUT 0x80000000u
struct fdt_string {
  uint32_t size; /* bytes that follow, | FDT_STRING_CUT when it was longer; published last */
  char bytes[4]; /* the first of them */
};

/* A loaded object, told apart by path and build-id; one number for the whole tree. */
#define FDT_BUILD_ID_MAX 32
struct fdt_module {
  uint64_t key;   /* hash of path and build-id, published last */
  uint64_t start; /* lowest and highest link-time address of its segments */
  uint64_t end;
  uint32_t path; /* string reference */
  uint32_t build_id_size;
  uint8_t build_id[FDT_BUILD_ID_MAX];
};

/* ---- stacks --------------------------------------------------------------
 * A prefix tree, outermost frame first: the node of a stack is its innermost
 * frame, and `parent` leads outwards, to 0. Slot i holds stack number i + 1.
 * Numbers are given out in turn, a stack's after that of its parent. A stack
 * may be stored more than once, by racing writers or as part of others: equal
 * content is the same stack.
 *
 * frame: module number << 48 | address. The address is the link-time virtual
 * address (what the ELF file and its DWARF use) to look up: already the return
 * address minus one, except in frames that no call left: those that a signal
 * interrupted, its restorer, the start of a makecontext stack. Module 0: no
 * module, the address is absolute (JIT code); addresses below FDT_MARK_LIMIT
 * of module 0 are marks. */
#define FDT_FRAME_ADDRESS_BITS 48
#define FDT_FRAME_BUSY         0xffffffffffffffffull /* of shims without a STACK_INDEX */
#define FDT_MARK_LIMIT         4096u
#define FDT_MARK_CUT           1u /* frames farther out exist and were not stored   */
#define FDT_MARK_BROKEN        2u /* the walk ended here: no unwind information     */
struct fdt_stack_node {
  uint64_t frame;  /* published last */
  uint32_t parent; /* stack number, 0 at the outermost frame */
  uint32_t path;   /* for recorders: a hash of this frame and those of its parents */
};

/* ---- counters ------------------------------------------------------------ */

enum fdt_record_state { FDT_RECORD_EMPTY = 0, FDT_RECORD_BUSY = 1, FDT_RECORD_READY = 2 };

/* One per (process, open stack, call): exact however often the ring wraps. */
struct fdt_site {
  uint32_t state;   /* enum fdt_record_state, published last */
  uint32_t process; /* process_ref */
  uint32_t stack;   /* stack number, 0 when it could not be stored */
  uint16_t call;    /* slot in CALLS */
  uint16_t kind;    /* enum fdt_kind of the first one */
  uint64_t opened;
  uint64_t closed;
  uint64_t first_ticks;
  uint64_t last_ticks;
  uint64_t peak_ticks; /* when `peak` was reached */
  uint32_t peak;       /* most open at once       */
  uint32_t at_limit;   /* open when the process first met EMFILE or ENFILE */
};

/* One per (site, close stack): where a site's descriptors end, and after how
 * long. lifetimes[i] counts those of 2^(2i+10) to 2^(2i+12) ticks, the first
 * and last bucket being open-ended. */
#define FDT_LIFETIME_BUCKETS 16
struct fdt_closer {
  uint32_t state; /* enum fdt_record_state, published last */
  uint32_t site;  /* site_ref */
  uint32_t stack;
  uint16_t call;
  uint16_t reserved;
  uint64_t count;
  uint64_t min_ticks;
  uint64_t max_ticks;
  uint64_t last_ticks; /* when the latest close happened */
  uint64_t reserved1[2];
  uint32_t lifetimes[FDT_LIFETIME_BUCKETS];
};

/* ---- wrong uses ---------------------------------------------------------- */

enum fdt_misuse_kind {
  FDT_MISUSE_CLOSE_AGAIN = 1,   /* a close failed with EBADF; the number had been closed */
  FDT_MISUSE_CLOSE_UNKNOWN = 2, /* a close failed with EBADF; nothing was ever open there */
  FDT_MISUSE_CLOSE_OWNED = 3,   /* a close took the descriptor of a FILE* or DIR* from it */
  FDT_MISUSE_USE_CLOSED = 4,    /* another call failed with EBADF; the number had been closed */
  FDT_MISUSE_CUT_MESSAGE = 5,   /* control data of a unix socket was cut (MSG_CTRUNC): what
                                 * descriptors it had no room for, the kernel has closed */
};

/* One per (process, kind, call, the three stacks). The opened_ and closed_
 * members tell of the number's latest descriptor, 0 where there was none. */
struct fdt_misuse {
  uint32_t state;        /* enum fdt_record_state, published last */
  uint32_t process;      /* process_ref */
  uint32_t stack;        /* of the wrong call */
  uint32_t opened_stack; /* where the descriptor came from */
  uint32_t closed_stack; /* where it had been closed before */
  uint16_t call;         /* slots in CALLS */
  uint16_t closed_call;
  uint16_t opened_call;
  uint8_t kind;    /* enum fdt_misuse_kind */
  uint8_t owner;   /* enum fdt_owner */
  int32_t low_fd;  /* the numbers it was done to lie from here */
  int32_t high_fd; /* to here */
  uint32_t thread; /* tids, of the first time */
  uint32_t opened_thread;
  uint32_t closed_thread;
  uint64_t count;
  uint64_t first_ticks;
  uint64_t last_ticks;
  uint64_t opened_ticks; /* of the first time */
  uint64_t closed_ticks;
  uint32_t site; /* site_ref that opened it */
  uint32_t reserved;
  uint64_t reserved1[4];
};

/* ---- marks ---------------------------------------------------------------- */

/* What a program said it was doing from one moment to another: a test case. A descriptor
 * belongs to the mark in force when it was opened (opened_ticks), in the process that
 * opened it (origin): that of the opener's thread; where its thread has none, that of the
 * process; else the one that the process began with (fdt_process.mark). Of several marks of
 * one thread or process the one that began last counts, and none when that one has ended. */
struct fdt_mark {
  uint32_t state;   /* enum fdt_record_state, published last */
  uint32_t process; /* process_ref of who said it */
  uint32_t thread;  /* tid of the one thread it is about, 0: the whole process */
  uint32_t name;    /* string reference, 0 when it could not be stored */
  uint64_t begin_ticks;
  uint64_t end_ticks;     /* 0 until it ends, for good when that is the process's end */
  uint64_t opened_before; /* of a whole process: its `opened` when the mark began */
  uint64_t opened_after;  /* and when it ended */
  uint64_t reserved[2];
};

/* ---- processes ----------------------------------------------------------- */

enum fdt_how {
  FDT_HOW_START = 0,  /* the first program of the tree             */
  FDT_HOW_FORK = 1,   /* fork, _Fork, daemon, clone without CLONE_VM */
  FDT_HOW_VFORK = 2,  /* vfork                                     */
  FDT_HOW_SPAWN = 3,  /* posix_spawn, system, popen; or the command of `fdtrack run`, of which
                       * its first traced descendant knows, when it is not traced itself */
  FDT_HOW_EXEC = 4,   /* the same process with a new program       */
  FDT_HOW_ATTACH = 5, /* found the trace by itself: how its parent made it was not seen */
};

enum fdt_end {
  FDT_END_NONE = 0,   /* nothing recorded: running, killed, or crashed */
  FDT_END_EXIT = 1,   /* end_code: exit status                         */
  FDT_END_SIGNAL = 2, /* end_code: signal number                       */
  FDT_END_EXEC = 3,   /* went on as another program: see its child of how EXEC */
};

enum fdt_process_flag {
  FDT_PROCESS_ATTACHED = 1,       /* its program runs with the shim. Unset in a spawned
                                   * child that never joined (static, setuid, no preload) */
  FDT_PROCESS_EXEC_PENDING = 2,   /* called exec; cleared when exec fails. Set in an ended
                                   * record without END_EXEC: the new program is not traced */
  FDT_PROCESS_SNAPSHOT = 4,       /* live table was compared with /proc/self/fd */
  FDT_PROCESS_THREADS = 8,        /* had more than one thread at some fork */
  FDT_PROCESS_FD_LIMIT_HIT = 16,  /* a call failed with EMFILE */
  FDT_PROCESS_FD_TABLE_FULL = 32, /* a call failed with ENFILE */
  /* It, or what it is a fork of, has code of Go loaded, which calls the kernel itself, past libc:
   * no wrapper sees what that opens and closes. Never set by shims that did not look. */
  FDT_PROCESS_DIRECT_CALLS = 64,
  /* How it ended was told by who waited for it, and a comparison is older than that. Never set by
   * shims that did not say so. */
  FDT_PROCESS_END_TOLD = 128,
};

#define FDT_DIRECT_BLOCKS 8
#define FDT_ROOT_BLOCKS   16
#define FDT_BLOCK_FDS     16
#define FDT_UNIT_SIZE     1024
#define FDT_MID_ENTRIES   256
#define FDT_LEAF_ENTRIES  128
#define FDT_DETAIL_UNITS  3
#define FDT_DIRECT_FDS    (FDT_DIRECT_BLOCKS * FDT_BLOCK_FDS)
#define FDT_LEAF_FDS      (FDT_LEAF_ENTRIES * FDT_BLOCK_FDS)
#define FDT_MAX_FDS       (FDT_ROOT_BLOCKS * FDT_MID_ENTRIES * FDT_LEAF_FDS)

/* Processes made by fork begin with their parent's table. What of it neither has changed
 * is stored once: a reference to a unit of a live table or of its index, in `root`, in an
 * index unit, or as `live` below, may carry this mark, and then it is one of many to that
 * unit. Shared units, and all that they lead to, which is marked as well, never change
 * after they were published; they are nobody's own, the parent's neither. A process that
 * changes an entry copies the units on the way there first, and refers to its copies. The
 * entries of shared units are open ones, inherited by fork; they have no details. */
#define FDT_REF_SHARED 0x80000000u

/* Where the live table of 16 consecutive fds stands, as unit numbers plus one. */
struct fdt_block_ref {
  uint32_t live;   /* unit of 16 struct fdt_live                     */
  uint32_t detail; /* first of 3 units of 16 struct fdt_detail, or 0 */
};

/* Bytes that are kept of what an exec or spawn was asked for. */
#define FDT_ASKED_MAX 80

struct fdt_process {
  uint32_t state;  /* enum fdt_record_state, published last */
  uint32_t pid;    /* as its own pid namespace numbers it; 0 when spawned and not yet known */
  uint32_t parent; /* process_ref; for HOW_EXEC the same process before exec */
  uint32_t how;    /* enum fdt_how */
  uint32_t ppid;
  uint32_t uid;
  uint32_t exe;  /* string references, 0 when not known */
  uint32_t argv; /* joined by NUL */
  uint32_t cwd;
  uint32_t flags;      /* enum fdt_process_flag */
  uint32_t born_stack; /* stack of the fork, spawn or exec call that made it */
  uint16_t born_call;  /* slot in CALLS */
  uint16_t reserved0;
  uint64_t start_ticks;
  uint64_t end_ticks;
  uint64_t fd_limit; /* RLIMIT_NOFILE soft and hard, UINT64_MAX: unlimited */
  uint64_t fd_limit_hard;
  uint32_t end_kind; /* enum fdt_end */
  int32_t end_code;
  uint64_t opened;    /* descriptors the process itself opened, exact */
  uint64_t closed;    /* of those and of inherited ones, exact */
  uint32_t inherited; /* open without having been opened here: at the start, or found later
                       * by a snapshot, less the vanished; + opened - closed: open now */
  uint32_t peak;
  uint64_t peak_ticks;
  uint64_t snapshot_ticks; /* when it was last compared with /proc/self/fd */
  uint32_t snapshot_open;  /* fds open then, as the kernel counts */
  uint32_t unseen;         /* open then, but no call was seen that opened it */
  uint32_t vanished;       /* in the table, but no longer open: closed unseen */
  uint32_t command_hash;   /* of the command line given to system or popen */
  /* fd < FDT_DIRECT_FDS: direct[fd / 16]. Above that, with n = fd / FDT_LEAF_FDS: root[n / 256] is
   * a unit of 256 uint32_t; its [n % 256] is a unit of 128 struct fdt_block_ref; of those
   * [fd % FDT_LEAF_FDS / 16]. All refs plus one, and but for `detail` perhaps with
   * FDT_REF_SHARED. */
  struct fdt_block_ref direct[FDT_DIRECT_BLOCKS];
  uint32_t root[FDT_ROOT_BLOCKS];
  uint64_t limit_ticks; /* first EMFILE or ENFILE */
  uint32_t limit_stack;
  uint16_t limit_call;
  uint16_t exec_call;    /* slot in CALLS, of the latest exec */
  uint32_t exec_stack;   /* stack of the latest exec call   */
  uint32_t stream_fd;    /* started by popen: the parent's end of its pipe, plus one */
  uint32_t mark;         /* mark_ref in force when it began: of its FDTRACK_MARK, else what it was
                          * made in; 0 when none */
  uint32_t mark_setting; /* string reference: its FDTRACK_MARK, 0 when unset */
  uint32_t mark_now;     /* mark_ref: its own of the whole process, in force now; 0 when none */
  uint32_t exec_mark;    /* mark_ref in force at the latest exec */
  /* The end of the path that the latest exec was given, or the spawn that made it, up to a NUL or
   * the last byte: what is known of a program that does not join the trace. A shell's command
   * and what fexecve is given have none. */
  char asked[FDT_ASKED_MAX];
  /* How often it, or what it is a fork of, had a module loaded around the recorder
   * (RTLD_DEEPBIND, dlmopen): what that calls no wrapper sees. */
  uint32_t loads_around;
  uint32_t loaded_around; /* string reference: the first of them, as it was asked for */
  uint64_t reserved2[14];
};

/* ---- live table ---------------------------------------------------------- */

enum fdt_live_state {
  FDT_LIVE_FREE = 0,
  FDT_LIVE_OPEN = 1,
  FDT_LIVE_CLOSING = 2,  /* close was called and had not returned */
  FDT_LIVE_CLOSED = 3,   /* the note_ members tell where and when */
  FDT_LIVE_VANISHED = 4, /* a snapshot did not find it: closed by a path not seen */
};
#define FDT_LIVE_STATE(word)      ((word)&0xffu)
#define FDT_LIVE_GENERATION(word) ((word) >> 8)

enum fdt_live_flag {
  FDT_FD_CLOEXEC = 1,
  FDT_FD_LISTENING = 2,
  FDT_FD_CLOEXEC_LATE = 4, /* FD_CLOEXEC was set by a later call than the one that opened it */
  FDT_FD_UNCERTAIN = 8,    /* inherited; the opener may be another, see LOSS_FORK_UNCERTAIN  */
  FDT_FD_CONNECTED = 16,
  FDT_FD_RECEIVED = 32, /* it came in a message, an event, or out of another process */
  /* Its number stood in the environment given to the program that it came to by exec or spawn;
   * in an ended record, also to the next one. Nothing of what has FD_CLOEXEC. */
  FDT_FD_TOLD = 64,
  FDT_FD_RETRIED = 128, /* the call that its note tells of had failed on it before */
};

/* How a descriptor came to this process. */
enum fdt_via {
  FDT_VIA_OPEN = 0,    /* a call seen here                                   */
  FDT_VIA_FORK = 1,    /* from the parent process (fork, vfork)              */
  FDT_VIA_EXEC = 2,    /* kept over exec, or given to a spawned program      */
  FDT_VIA_OUTSIDE = 3, /* open when the first program started                */
  FDT_VIA_UNSEEN = 4,  /* found by a snapshot: no call seen that opened it   */
};

enum fdt_owner {
  FDT_OWNER_RAW = 0,
  FDT_OWNER_FILE = 1,
  FDT_OWNER_DIR = 2,
  FDT_OWNER_POPEN = 3,
  FDT_OWNER_LIBC = 4, /* libc itself, which tells nobody the number */
};

/* One descriptor. Small, because there is one for each in each process. After a close the note_
 * members hold the close, so that a later double close can name it. */
struct fdt_live {
  uint32_t state; /* generation << 8 | enum fdt_live_state, published last */
  uint32_t site;  /* site_ref of the opener's, 0 when not counted */
  uint64_t opened_ticks;
  uint32_t stack;     /* of the open */
  uint32_t thread;    /* tid of the opener */
  uint32_t origin;    /* process_ref that opened it */
  uint16_t call;      /* slot in CALLS */
  uint8_t kind;       /* enum fdt_kind */
  uint8_t flags;      /* enum fdt_live_flag */
  uint8_t owner;      /* enum fdt_owner */
  uint8_t via;        /* enum fdt_via */
  uint16_t note_call; /* last notable event, 0 when none */
  uint32_t object;    /* equal among duplicates of one open file, 0 when never duplicated */
  uint64_t note_ticks;
  uint32_t note_stack;
  uint32_t note_thread;
  int32_t note_error; /* errno, 0 for a success that matters (close); EAGAIN of a read,
                       * write, poll or select, and EINPROGRESS of a connect: the time that the
                       * program had set ran out, and nothing came since */
  int32_t source;     /* fd it was duplicated from, plus one; of one with FD_RECEIVED, the
                       * pid of who sent it, as the kernel told; 0 when none */
};

enum fdt_text_form {
  FDT_TEXT_NONE = 0,
  FDT_TEXT_PATH = 1, /* as the program passed it, perhaps relative */
  FDT_TEXT_LINK = 2, /* as /proc/self/fd showed it                 */
  FDT_TEXT_SUN = 3,  /* sun_path of a unix socket; abstract: starts with NUL */
};

enum fdt_unix_state {
  FDT_UNIX_UNKNOWN = 0,
  FDT_UNIX_UNNAMED = 1,
  FDT_UNIX_BOUND = 2,    /* its path existed at the snapshot */
  FDT_UNIX_UNLINKED = 3, /* its path did not                 */
  FDT_UNIX_ABSTRACT = 4,
};

/* What a snapshot found of the other end of a connected unix stream or of a pipe. */
enum fdt_other_end {
  FDT_OTHER_END_OPEN = 0x10,
  FDT_OTHER_END_GONE = 0x20, /* nobody has it any more; or a stream was shut down both ways */
  FDT_OTHER_END = 0xf0,      /* the bits of these, beside those of enum fdt_unix_state */
};

#define FDT_ADDRESS_MAX 28 /* struct sockaddr_in6 */
#define FDT_TEXT_MAX    96
/* The cold part of a descriptor. Fork does not copy it: for one inherited by
 * fork, the opener's entry of the same fd and generation holds it. */
struct fdt_detail {
  uint32_t generation; /* of the opening it describes, published last */
  uint8_t form;        /* enum fdt_text_form */
  uint8_t tcp_state;   /* as in <netinet/tcp.h>, 0 unknown */
  uint8_t ends;        /* enum fdt_unix_state of its own end, with enum fdt_other_end */
  uint8_t cut;         /* 1 when the text was longer than what is kept */
  uint16_t domain;     /* socket(2) arguments, without the type flags */
  uint16_t type;
  uint8_t local_size; /* bytes of sockaddr below, 0 unknown */
  uint8_t remote_size;
  uint16_t text_size;     /* bytes in text, or in the string */
  uint64_t inode;         /* 0 unknown */
  uint64_t checked_ticks; /* snapshot time, 0 when none looked at it */
  uint8_t local[FDT_ADDRESS_MAX];
  uint8_t remote[FDT_ADDRESS_MAX];
  /* String reference for a long text, else 0. Of a TCP socket in CLOSE_WAIT, which has no text
   * (FDT_TEXT_NONE), instead: for how many ms the peer had sent nothing, not even an
   * acknowledgement, at the snapshot, plus one: its FIN is at least as old. 0: unknown, as in
   * the traces of shims that did not ask. */
  uint32_t text_ref;
  uint32_t mode; /* st_mode, 0 unknown */
  char text[FDT_TEXT_MAX];
};

/* ---- ring ---------------------------------------------------------------- */

enum fdt_event {
  FDT_EVENT_NONE = 0,
  FDT_EVENT_OPENED = 1,
  FDT_EVENT_CLOSED = 2,     /* result: 0 or errno */
  FDT_EVENT_DUPLICATED = 3, /* fd: the new one; other: the old one */
  FDT_EVENT_RECEIVED = 4,
  FDT_EVENT_NOTED = 5,  /* result: errno */
  FDT_EVENT_FORKED = 6, /* result: the child's pid */
  FDT_EVENT_EXEC = 7,
  FDT_EVENT_SPAWNED = 8, /* result: the child's pid, 0 when not known */
  /* 9 was never written */
  FDT_EVENT_SNAPSHOT = 10, /* result: fds open */
  FDT_EVENT_FLAGS = 11,    /* FD_CLOEXEC changed; result: the new flags */
  FDT_EVENT_REAPED = 12,   /* wait told the end of the child whose pid is other; result: status */
};

struct fdt_record {
  uint64_t ticks;
  uint32_t stack;
  int32_t fd;
  int32_t result;
  int32_t other;
  uint16_t call; /* slot in CALLS */
  uint8_t event; /* enum fdt_event */
  uint8_t flags;
  uint32_t tag; /* low 32 bits of the chunk's sequence, published last */
};

/* Each thread fills chunks of its own; sequence n stands at n % count, so a
 * higher sequence overwrites an older chunk. A record belongs to the chunk only
 * when its tag equals the sequence's low 32 bits. */
#define FDT_CHUNK_RECORDS 127
struct fdt_chunk {
  uint64_t sequence; /* ring_next when claimed, plus one; 0: never used */
  uint32_t process;  /* process_ref */
  uint32_t thread;
  uint64_t reserved[2];
  struct fdt_record records[FDT_CHUNK_RECORDS];
};

/* ---- layout -------------------------------------------------------------- */

#define FDT_HOLD(type, size)                                                                       \
  _Static_assert(sizeof(struct type) == (size), #type " changed its size")
FDT_HOLD(fdt_section, 24);
FDT_HOLD(fdt_instant, 32);
FDT_HOLD(fdt_header, 896);
FDT_HOLD(fdt_call, 32);
FDT_HOLD(fdt_string, 8);
FDT_HOLD(fdt_module, 64);
FDT_HOLD(fdt_stack_node, 16);
FDT_HOLD(fdt_site, 64);
FDT_HOLD(fdt_closer, 128);
FDT_HOLD(fdt_misuse, 128);
FDT_HOLD(fdt_mark, 64);
FDT_HOLD(fdt_process, 512);
FDT_HOLD(fdt_live, 64);
FDT_HOLD(fdt_detail, 192);
FDT_HOLD(fdt_record, 32);
FDT_HOLD(fdt_chunk, 4096);
#undef FDT_HOLD

#endif
