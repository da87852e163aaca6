// C++ exceptions pass through frames of C while descriptors are open, and destructors close them.
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace {
struct descriptor {
  int fd = open("/dev/null", O_RDONLY);
  ~descriptor() { close(fd); }
};

int compare(const void *, const void *) {
  descriptor held;
  if (held.fd % 2 == 0)
    throw held.fd;
  throw std::runtime_error("odd");
}
} // namespace

int main() {
  int numbers[] = {3, 1, 2}, caught = 0;
  for (int round = 0; round < 1000; round++) {
    try {
      descriptor outer;
      qsort(numbers, 3, sizeof numbers[0], compare);
    } catch (const std::runtime_error &) {
      caught++;
    } catch (int) {
      caught++;
    }
  }
  return caught == 1000 ? 0 : 1;
}
