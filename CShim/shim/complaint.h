/* What the shim says on the host's stderr: one line, and only when there will be no trace. */
#ifndef FDT_COMPLAINT_H
#define FDT_COMPLAINT_H

/* Tells why no trace can be made at `path`; `error` is an errno value. */
void fdt_complain(const char *path, int error);

#endif
