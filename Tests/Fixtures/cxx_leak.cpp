// An upload whose descriptor is lost when parsing throws: it is opened in a
// virtual call, and only the good path closes it.
//
//   cxx_leak ROUNDS
#include "fixture.h"

#include <fcntl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace store {

class Source {
public:
  virtual ~Source() = default;
  virtual int acquire(const std::string &name) = 0;
};

class FileSource final : public Source {
public:
  OUT_OF_LINE int acquire(const std::string &name) override {
    int fd = ::open(name.c_str(), O_RDONLY); // LEAK: virtual
    if (fd < 0)
      throw std::runtime_error("cannot open " + name);
    return fd;
  }
};

template <typename Parser>
OUT_OF_LINE void upload(Source &source, const std::string &name, Parser parse) {
  int fd = source.acquire(name); // CALL: virtual
  parse(fd);                     // throws, and fd is lost
  ::close(fd);
}

// Opens something of its own while an exception is handled.
OUT_OF_LINE int recover() {
  return ::open("/dev/null", O_WRONLY); // LEAK: handler
}

} // namespace store

static OUT_OF_LINE void parse_nothing(int fd) {
  if (fd >= 0)
    throw std::invalid_argument("empty upload");
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: cxx_leak ROUNDS");
  std::unique_ptr<store::Source> source = std::make_unique<store::FileSource>();
  for (int round = 0; round < std::atoi(argv[1]); round++) {
    try {
      store::upload(*source, "/dev/null", parse_nothing);
    } catch (const std::invalid_argument &) {
      must(store::recover() >= 0, "open");
    }
  }
  return 0;
}
