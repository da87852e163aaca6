/* A library with the note that Go's linker leaves, and what Go's code does first. */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#ifndef NOTE_OWNER
#define NOTE_OWNER "Go"
#define NOTE_TYPE  4
#endif

__attribute__((section(".note.go.buildid"), aligned(4), used)) static const struct {
  uint32_t name_size, value_size, type;
  char name[4];
  char value[8];
} note = {4, 5, NOTE_TYPE, NOTE_OWNER, "build"};

static void handle(int number) { (void)number; }

int library_begin(void) {
  struct sigaction action = {.sa_handler = handle};
  return sigaction(SIGBUS, &action, NULL);
}
