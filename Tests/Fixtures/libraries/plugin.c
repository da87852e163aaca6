/* Opens what it is told to, for a program that loads it. */
#include <fcntl.h>

int plugin_open(const char *path);

int plugin_open(const char *path) { return open(path, O_RDONLY); /* LEAK: plugin */ }
