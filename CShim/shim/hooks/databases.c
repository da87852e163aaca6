/* Databases that libc walks entry by entry, with a descriptor of its own until the
 * end is asked for: see hidden.h. */
#include "hidden.h"

#include <errno.h>
#include <fstab.h>
#include <grp.h>
#include <gshadow.h>
#include <netdb.h>
#include <pwd.h>
#include <rpc/netdb.h>
#include <shadow.h>
#include <utmp.h>
#include <utmpx.h>

#define HIDDEN(family, result, name, parameters, arguments)                                        \
  FDT_EXPORT result name parameters {                                                              \
    fdt_enter();                                                                                   \
    struct fdt_hidden before = fdt_hidden_begin(FDT_HIDDEN_##family);                              \
    result value = fdt_real.name arguments;                                                        \
    fdt_hidden_end(FDT_ACT(name), FDT_HIDDEN_##family, &before);                                   \
    return value;                                                                                  \
  }

#define HIDDEN_VOID(family, name, parameters, arguments)                                           \
  FDT_EXPORT void name parameters {                                                                \
    fdt_enter();                                                                                   \
    struct fdt_hidden before = fdt_hidden_begin(FDT_HIDDEN_##family);                              \
    fdt_real.name arguments;                                                                       \
    fdt_hidden_end(FDT_ACT(name), FDT_HIDDEN_##family, &before);                                   \
  }

/* set*ent, get*ent and end*ent of one database, with and without a buffer of the
 * caller's. */
#define ACCOUNTS(family, name, entry)                                                              \
  HIDDEN_VOID(family, set##name, (void), ())                                                       \
  HIDDEN_VOID(family, end##name, (void), ())                                                       \
  HIDDEN(family, struct entry *, get##name, (void), ())                                            \
  HIDDEN(family, int, get##name##_r,                                                               \
         (struct entry * one, char *buffer, size_t size, struct entry **found),                    \
         (one, buffer, size, found))

ACCOUNTS(PASSWD, pwent, passwd)
ACCOUNTS(GROUP, grent, group)
ACCOUNTS(SHADOWS, spent, spwd)
ACCOUNTS(GSHADOWS, sgent, sgrp)

#define NAMES(family, name, entry)                                                                 \
  HIDDEN_VOID(family, set##name, (int stay), (stay))                                               \
  HIDDEN_VOID(family, end##name, (void), ())                                                       \
  HIDDEN(family, struct entry *, get##name, (void), ())

#define NAMES_R(family, name, entry)                                                               \
  HIDDEN(family, int, get##name##_r,                                                               \
         (struct entry * one, char *buffer, size_t size, struct entry **found),                    \
         (one, buffer, size, found))

#define HOSTS_R(family, name, entry)                                                               \
  HIDDEN(family, int, get##name##_r,                                                               \
         (struct entry * one, char *buffer, size_t size, struct entry **found, int *error),        \
         (one, buffer, size, found, error))

NAMES(HOSTS, hostent, hostent)
HOSTS_R(HOSTS, hostent, hostent)
NAMES(NETWORKS, netent, netent)
HOSTS_R(NETWORKS, netent, netent)
NAMES(PROTOCOLS, protoent, protoent)
NAMES_R(PROTOCOLS, protoent, protoent)
NAMES(SERVICES, servent, servent)
NAMES_R(SERVICES, servent, servent)
NAMES(RPC, rpcent, rpcent)
NAMES_R(RPC, rpcent, rpcent)

HIDDEN(PASSWD_LOCK, int, lckpwdf, (void), ())
HIDDEN(PASSWD_LOCK, int, ulckpwdf, (void), ())

HIDDEN(FSTAB, int, setfsent, (void), ())
HIDDEN_VOID(FSTAB, endfsent, (void), ())
HIDDEN(FSTAB, struct fstab *, getfsent, (void), ())
HIDDEN(FSTAB, struct fstab *, getfsspec, (const char *name), (name))
HIDDEN(FSTAB, struct fstab *, getfsfile, (const char *name), (name))

#define LOGINS(entry, set, end, get, get_id, get_line, put, name)                                  \
  HIDDEN_VOID(UTMP, set, (void), ())                                                               \
  HIDDEN_VOID(UTMP, end, (void), ())                                                               \
  HIDDEN(UTMP, struct entry *, get, (void), ())                                                    \
  HIDDEN(UTMP, struct entry *, get_id, (const struct entry *like), (like))                         \
  HIDDEN(UTMP, struct entry *, get_line, (const struct entry *like), (like))                       \
  HIDDEN(UTMP, struct entry *, put, (const struct entry *one), (one))                              \
  HIDDEN(UTMP, int, name, (const char *file), (file))

LOGINS(utmp, setutent, endutent, getutent, getutid, getutline, pututline, utmpname)
LOGINS(utmpx, setutxent, endutxent, getutxent, getutxid, getutxline, pututxline, utmpxname)
HIDDEN(UTMP, int, getutent_r, (struct utmp * one, struct utmp **found), (one, found))
HIDDEN(UTMP, int, getutid_r, (const struct utmp *like, struct utmp *one, struct utmp **found),
       (like, one, found))
HIDDEN(UTMP, int, getutline_r, (const struct utmp *like, struct utmp *one, struct utmp **found),
       (like, one, found))
