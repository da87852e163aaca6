#include "libc.h"

#include "text.h"

#include <stddef.h>
#include <string.h>

extern const char *gnu_get_libc_version(void) __attribute__((weak));

bool fdt_libc_is_known(void) { return gnu_get_libc_version != NULL; }

const char *fdt_libc_version(void) {
  static char name[32];
  if (gnu_get_libc_version == NULL)
    return NULL;
  if (name[0] == '\0') {
    struct fdt_text text = FDT_TEXT(name);
    fdt_text_add(&text, "glibc ");
    fdt_text_add(&text, gnu_get_libc_version());
  }
  return name;
}

unsigned fdt_libc_minor(void) {
  const char *text = gnu_get_libc_version == NULL ? "" : gnu_get_libc_version();
  unsigned minor = 0;
  if (strncmp(text, "2.", 2) == 0)
    for (text += 2; *text >= '0' && *text <= '9' && minor < 1000; text++)
      minor = minor * 10 + (unsigned)(*text - '0');
  return minor;
}
