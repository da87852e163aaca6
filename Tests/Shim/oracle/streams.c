/* Descriptors that a FILE or a DIR owns. */
#include "life.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void keep(struct life *life, FILE *stream) {
  if (stream == NULL)
    return;
  if (life->stream_count == LIFE_STREAMS)
    DO(life, fclose(stream));
  else
    life->streams[life->stream_count++] = stream;
}

static void keep_folder(struct life *life, DIR *folder) {
  if (folder == NULL)
    return;
  if (life->folder_count == LIFE_FOLDERS)
    DO(life, closedir(folder));
  else
    life->folders[life->folder_count++] = folder;
}

static const char *some_path(struct life *life) {
  static const char *const paths[] = {"/dev/null", "a", "no/such/file"};
  return paths[choose(life, 3)];
}

static const char *some_mode(struct life *life) {
  static const char *const modes[] = {"r", "re", "r+", "rb,ccs=UTF-8"};
  return modes[choose(life, 3)];
}

static void act_fopen(struct life *life) {
  const char *path = some_path(life), *mode = some_mode(life);
  keep(life, choose(life, 2) == 0 ? DO(life, fopen(path, mode)) : DO(life, fopen64(path, mode)));
}

static void act_fdopen(struct life *life) {
  int fd = let_go(life);
  FILE *stream = DO(life, fdopen(fd, "r"));
  if (stream == NULL)
    hold(life, fd);
  keep(life, stream);
}

static void act_tmpfile(struct life *life) { keep(life, DO(life, tmpfile())); }

/* Of a file, of none, of the same again. */
static void act_freopen(struct life *life) {
  if (life->stream_count == 0)
    return;
  int index = (int)choose(life, (unsigned)life->stream_count);
  const char *path = choose(life, 4) == 0 ? NULL : some_path(life), *mode = some_mode(life);
  FILE *stream = life->streams[index];
  life->streams[index] = life->streams[--life->stream_count];
  FILE *again = DO(life, freopen(path, mode, stream));
  keep(life, again); /* a stream that could not be reopened is closed, and stays */
}

static void act_fclose(struct life *life) {
  if (life->stream_count > 0)
    DO(life, fclose(life->streams[--life->stream_count]));
}

static void act_opendir(struct life *life) {
  keep_folder(life, DO(life, opendir(choose(life, 4) == 0 ? "/no" : ".")));
}

static void act_fdopendir(struct life *life) {
  int fd = DO(life, open(".", O_RDONLY | O_DIRECTORY));
  DIR *folder = fd < 0 ? NULL : DO(life, fdopendir(fd));
  if (folder == NULL)
    hold(life, fd);
  keep_folder(life, folder);
}

static void act_closedir(struct life *life) {
  if (life->folder_count > 0)
    DO(life, closedir(life->folders[--life->folder_count]));
}

static void act_popen(struct life *life) {
  static const char *const commands[] = {"exit 3", "echo a | cat >/dev/null", "exec 9</dev/null",
                                         "exec cat >/dev/null 2>&1 </dev/null"};
  static const char *const modes[] = {"r", "w", "re", "we"};
  if (life->pipe_count == LIFE_PIPES)
    return;
  const char *command = commands[choose(life, 4)], *mode = modes[choose(life, 4)];
  FILE *stream = DO(life, popen(command, mode));
  if (stream != NULL)
    life->pipes[life->pipe_count++] = stream;
}

static void act_pclose(struct life *life) {
  if (life->pipe_count > 0)
    DO(life, pclose(life->pipes[--life->pipe_count]));
}

const struct act stream_acts[] = {
    {act_fopen, 8, false},     {act_fdopen, 3, false},   {act_tmpfile, 3, false},
    {act_freopen, 6, false},   {act_fclose, 9, false},   {act_opendir, 4, false},
    {act_fdopendir, 2, false}, {act_closedir, 4, false}, {act_popen, 2, true},
    {act_pclose, 2, true},     {NULL, 0, false},
};
