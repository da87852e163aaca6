/* Loaded, unloaded and replaced by its variants, which put other frames at the
 * same addresses. */
#define FRAME (VARIANT * 24 + 8)

void work(void (*call)(int), int depth) {
  volatile char block[FRAME];
  block[0] = (char)depth;
  if (depth == 0)
    call(VARIANT);
  else
    work(call, depth - 1);
  block[1] = block[0];
}

/* Of the program that loads it. */
extern void offer(void (*)(void (*)(int), int));

__attribute__((constructor)) static void introduce(void) { offer(work); }
