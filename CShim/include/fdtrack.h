/* fdtrack.h: tell fdtrack which test is running.
 *
 *     #include "fdtrack.h"
 *
 *     fdtrack_mark("connect refused");   // a test begins
 *     ...
 *     fdtrack_mark(NULL);                // it is over
 *
 * A report then says in which test each descriptor was opened that nobody closed. Without
 * the recorder (libfdtrack.so, which `fdtrack run` preloads) the calls do nothing, and
 * nothing has to be linked: the recorder is looked up as a weak symbol. They take well
 * under a microsecond, allocate nothing, leave errno alone, and may be made by any thread
 * and in signal handlers. For C (GNU or Clang) and C++; from other languages look the
 * symbols `fdtrack_mark` and `fdtrack_mark_thread` up by dlsym(3), both
 * void (const char *). */
#ifndef FDTRACK_H
#define FDTRACK_H

#if !defined(__ELF__) || !defined(__GNUC__)
#define FDTRACK_RECORDER(symbol) ((void (*)(const char *))0)
/* Through the global offset table, also in programs that are not position-independent:
 * there the linker would take a weak symbol that is absent when it links for one that is
 * absent for ever. */
#elif defined(__x86_64__)
#define FDTRACK_RECORDER(symbol)                                                                   \
  __extension__({                                                                                  \
    void (*fdtrack_found)(const char *);                                                           \
    __asm__(".weak " symbol "\n\t{movq " symbol "@GOTPCREL(%%rip), %0|mov %0, qword ptr " symbol   \
            "@GOTPCREL[rip]}"                                                                      \
            : "=r"(fdtrack_found));                                                                \
    fdtrack_found;                                                                                 \
  })
#elif defined(__aarch64__)
#define FDTRACK_RECORDER(symbol)                                                                   \
  __extension__({                                                                                  \
    void (*fdtrack_found)(const char *);                                                           \
    __asm__(".weak " symbol "\n\tadrp %0, :got:" symbol "\n\tldr %0, [%0, :got_lo12:" symbol "]"   \
            : "=r"(fdtrack_found));                                                                \
    fdtrack_found;                                                                                 \
  })
#else
#define FDTRACK_RECORDER(symbol) ((void (*)(const char *))0)
#endif

/* The functions below have names of their own for the assembler, as the recorder's are
 * weak references in the same object. */
#if defined(__ELF__) && defined(__GNUC__)
#define FDTRACK_LOCAL(symbol) __asm__(symbol)
#else
#define FDTRACK_LOCAL(symbol)
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline void fdtrack_mark(const char *name) FDTRACK_LOCAL("fdtrack_mark.local");
static inline void fdtrack_mark_thread(const char *name) FDTRACK_LOCAL("fdtrack_mark_thread.local");

/* What this process opens from now on, on whatever thread, belongs to `name`, until the
 * next call of this function; NULL or "" begins nothing. Marks do not nest: a new one ends
 * the one before. For runners that run one test at a time.
 *
 * Children that are forked or started belong to the mark in force then, for all their life,
 * except where they have marks of their own or a new FDTRACK_MARK in their environment.
 * Names are copied, and cut after 256 bytes. */
static inline void fdtrack_mark(const char *name) {
  void (*recorder)(const char *) = FDTRACK_RECORDER("fdtrack_mark");
  if (recorder)
    recorder(name);
}

/* The same for the calling thread only, before what is said of the process. For runners
 * that run tests side by side on threads; threads that a test starts have to say it
 * themselves. A thread ends its mark before it ends. */
static inline void fdtrack_mark_thread(const char *name) {
  void (*recorder)(const char *) = FDTRACK_RECORDER("fdtrack_mark_thread");
  if (recorder)
    recorder(name);
}

#ifdef __cplusplus
}
#endif

#endif
