// Captures in destructors and handlers while C++ exceptions are in flight.
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "check.h"

namespace {
struct Guard {
  ~Guard() { probe(); }
};

NOINLINE int fall(int n) {
  Guard guard;
  std::string text(static_cast<size_t>(n % 50), 'x');
  if (n == 0)
    throw std::runtime_error(text);
  try {
    return fall(n - 1) + static_cast<int>(text.size());
  } catch (const std::logic_error &) {
    return 0;
  }
}

NOINLINE int rethrow(int n) {
  try {
    return n == 0 ? fall(10) : rethrow(n - 1);
  } catch (...) {
    probe();
    if (n % 3 == 0)
      throw;
    throw std::runtime_error("again");
  }
}

struct Base {
  virtual ~Base() { probe(); }
  virtual int call(const std::function<int(int)> &f, int n) = 0;
};
struct Derived : Base {
  std::vector<std::string> members = std::vector<std::string>(3, "abc");
  NOINLINE int call(const std::function<int(int)> &f, int n) override {
    Guard guard;
    return f(n) + static_cast<int>(members.size());
  }
};
} // namespace

int main() {
  int caught = 0;
  for (int i = 0; i < 300; i++) {
    try {
      fall(i % 30);
    } catch (const std::exception &) {
      probe();
      caught++;
    }
    try {
      rethrow(i % 20);
    } catch (const std::exception &) {
      probe();
      caught++;
    }
    Derived derived;
    try {
      derived.call([](int n) { return fall(n); }, i % 7);
    } catch (...) {
      caught++;
    }
  }
  expect(caught == 900, "Every exception arrives");
  expect_all_equal("Captures while exceptions are in flight are exact", 0);
  return finish();
}
