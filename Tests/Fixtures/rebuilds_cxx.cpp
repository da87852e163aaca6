// Leaks through what compilers make of C++: templates, lambdas, virtual calls and the
// standard library between them. No call stands last in its function.
#include "fixture.h"

#include <fcntl.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

static volatile int calls;

namespace {

struct Opener {
  virtual ~Opener() = default;
  virtual int open(const std::string &path) const = 0;
};

template <int Flags> struct FileOpener final : Opener {
  int open(const std::string &path) const override {
    int fd = ::open(path.c_str(), Flags);
    calls = calls + 1;
    return fd;
  }
};

struct Holder {
  int fd;
  explicit Holder(const std::string &path) : fd(::open(path.c_str(), O_WRONLY)) {
    calls = calls + fd;
  }
};

// The library's threads call the lambdas, so that nothing of the program is in between.
void first_thread() {
  std::thread([] { calls = calls + ::open("/dev/null", O_RDONLY); }).join();
  calls = calls + 1;
}

struct Uploader {
  void run() {
    std::thread([this] {
      auto open_once = [this] { calls = calls + ::open(path, O_RDONLY); };
      open_once();
      calls = calls + 1;
    }).join();
    calls = calls + 1;
  }
  const char *path = "/dev/null";
};

} // namespace

int main() {
  std::vector<std::string> paths(6, "/dev/null");
  std::unique_ptr<Opener> opener = std::make_unique<FileOpener<O_RDONLY>>();
#ifdef MOVED
  auto other = [](int number) { calls = calls + number; };
  std::for_each(paths.begin(), paths.end(), [&](const std::string &) { other(1); });
#endif
  std::function<void(const std::string &)> leak = [&](const std::string &path) {
    int fd = opener->open(path);
    calls = calls + fd;
  };
  std::for_each(paths.begin(), paths.end(), leak);
  std::vector<std::unique_ptr<Holder>> holders;
  for (const std::string &path : paths)
    holders.push_back(std::make_unique<Holder>(path));
  first_thread();
  Uploader().run();
  return calls == 0;
}
