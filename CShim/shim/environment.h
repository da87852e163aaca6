/* The environment of the program that the shim runs in. */
#ifndef FDT_ENVIRONMENT_H
#define FDT_ENVIRONMENT_H

/* Makes environ a copy of `environment` with one setting more: programs that libc itself
 * starts (system, popen) get the environment of the process, so the way to the trace must
 * be in it. Leaves it as it is when there is no memory. */
void fdt_environment_extend(char *const *environment, char *setting);

#endif
