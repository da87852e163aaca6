/* Notes that are like Go's, and another's; a name of cgo's that is asked for and not defined. */
#define NOTE_OWNER "GNU"
#define NOTE_TYPE  4
#include "go_note.c"

__attribute__((section(".note.go.other"), aligned(4), used)) static const struct {
  uint32_t name_size, value_size, type;
  char name[4];
  char value[4];
} other = {4, 4, 5, "Go", "not"};

extern void _cgo_topofstack(void) __attribute__((weak));
void *no_go_note_asked(void) { return (void *)_cgo_topofstack; }
