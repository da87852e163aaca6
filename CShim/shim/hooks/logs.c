/* syslog(3): a socket of libc's own from the first message (or from openlog with
 * LOG_NDELAY) to closelog. */
#include "hidden.h"

#include <fmtmsg.h>
#include <stdarg.h>
#include <syslog.h>

/* Runs `call`, which may open or close the socket. errno is what the message may
 * show ("%m"), so nothing here may change it before. */
#define LOGGING(name, call)                                                                        \
  fdt_enter();                                                                                     \
  struct fdt_hidden before = fdt_hidden_begin(FDT_HIDDEN_LOG);                                     \
  call;                                                                                            \
  fdt_hidden_end(FDT_ACT(name), FDT_HIDDEN_LOG, &before);

FDT_EXPORT void openlog(const char *identity, int options, int facility){
    LOGGING(openlog, fdt_real.openlog(identity, options, facility))}

FDT_EXPORT void closelog(void){LOGGING(closelog, fdt_real.closelog())}

FDT_EXPORT void syslog(int priority, const char *format, ...) {
  va_list more;
  va_start(more, format);
  LOGGING(syslog, fdt_real.vsyslog(priority, format, more))
  va_end(more);
}

FDT_EXPORT void vsyslog(int priority, const char *format,
                        va_list more){LOGGING(vsyslog, fdt_real.vsyslog(priority, format, more))}

/* What _FORTIFY_SOURCE calls. */
FDT_EXPORT void __syslog_chk(int priority, int flag, const char *format, ...) {
  va_list more;
  va_start(more, format);
  LOGGING(__syslog_chk, fdt_real.__vsyslog_chk(priority, flag, format, more))
  va_end(more);
}

FDT_EXPORT void __vsyslog_chk(int priority, int flag, const char *format, va_list more){
    LOGGING(__vsyslog_chk, fdt_real.__vsyslog_chk(priority, flag, format, more))}

FDT_EXPORT int fmtmsg(long classification, const char *label, int severity, const char *text,
                      const char *action, const char *tag) {
  int result;
  LOGGING(fmtmsg, result = fdt_real.fmtmsg(classification, label, severity, text, action, tag))
  return result;
}
