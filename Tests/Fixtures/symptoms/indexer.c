/* Counts the words of a folder's files, and forgets what it cannot read.
 *
 *   indexer FOLDER
 *
 * A folder can be opened, but read(2) refuses it: that way out closes nothing. */
#include "fixture.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

static OUT_OF_LINE int count_words(const char *path) {
  char bytes[4096];
  int words = 0;
  int fd = open(path, O_RDONLY);
  if (fd < 0)
    return -1;
  ssize_t size = read(fd, bytes, sizeof bytes);
  if (size < 0)
    return 0; /* not a file: nothing to index */
  for (ssize_t i = 0; i < size; i++)
    words += isspace((unsigned char)bytes[i]) != 0;
  close(fd);
  return words;
}

int main(int argc, char **argv) {
  struct dirent **entries;
  int words = 0;
  must(argc == 2 && chdir(argv[1]) == 0, "usage: indexer FOLDER");
  int count = scandir(".", &entries, NULL, alphasort);
  must(count >= 0, argv[1]);
  for (int i = 0; i < count; i++) {
    if (entries[i]->d_name[0] == '.')
      continue;
    int found = count_words(entries[i]->d_name);
    if (found < 0) {
      fprintf(stderr, "indexer: %s: %s\n", entries[i]->d_name, strerror(errno));
      return 1;
    }
    words += found;
  }
  printf("%d words\n", words);
  return 0;
}
