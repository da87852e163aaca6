/* elfutils for Swift: libdw and libdwfl, which read ELF and DWARF. None of it
 * is thread-safe; each handle stays with the call that made it. */
#ifndef FDT_CELFUTILS_H
#define FDT_CELFUTILS_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>

/* Returns how libdwfl finds files: by build-id below `*debuginfo_path` (a list
 * as in dwfl_standard_find_debuginfo's contract), by debuglink, and from
 * debuginfod servers when DEBUGINFOD_URLS names any. */
static inline Dwfl_Callbacks fdt_dwfl_callbacks(char **debuginfo_path) {
  Dwfl_Callbacks callbacks = {
      .find_elf = dwfl_build_id_find_elf,
      .find_debuginfo = dwfl_standard_find_debuginfo,
      .section_address = dwfl_offline_section_address,
      .debuginfo_path = debuginfo_path,
  };
  return callbacks;
}

/* Opens the program or library that has the build-id of `module`, or else its
 * debug file alone, from the places above. Returns a file descriptor and sets
 * `*path` (free it), or -1. `module` must have a build-id and no file yet. */
static inline int fdt_open_by_build_id(Dwfl_Module *module, char **path) {
  void *data = (void *)0;
  Elf *elf = (Elf *)0;
  int fd = dwfl_build_id_find_elf(module, &data, "", 0, path, &elf);
  if (elf != (Elf *)0) {
    elf_end(elf);
  }
  if (fd < 0) {
    fd = dwfl_standard_find_debuginfo(module, &data, "", 0, (const char *)0, (const char *)0, 0,
                                      path);
  }
  return fd;
}

#endif
