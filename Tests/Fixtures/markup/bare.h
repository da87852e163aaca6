#ifndef BARE_H
#define BARE_H

/* Opens a file for good. */
void leak_file(const char *path);

#endif
