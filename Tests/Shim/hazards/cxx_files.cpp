// The C++ library's own files and directories: it opens and closes them through
// fopen64, fclose, fdopendir and closedir of libc, so that all of them are seen.
#include "host.h"

#include <ext/stdio_filebuf.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace fs = std::filesystem;

static void use_streams() {
  std::ofstream written("one", std::ios::binary | std::ios::app);
  written << "text\n" << std::flush;
  std::ifstream read_back("one");
  std::string line;
  CHECK(std::getline(read_back, line) && line == "text");
  read_back.close();
  CHECK(!read_back.is_open());
  std::fstream both("one", std::ios::in | std::ios::out);
  CHECK(both.is_open());
  both.open("one"); // fails: it is open
  CHECK(both.fail());
  std::ifstream none("no/such/file");
  CHECK(!none.is_open());
  std::filebuf buffer;
  CHECK(buffer.open("one", std::ios::in) != nullptr && buffer.close() != nullptr);
  __gnu_cxx::stdio_filebuf<char> owned(open("one", O_RDONLY), std::ios::in);
  CHECK(owned.is_open());
}

static void use_directories() {
  fs::create_directories("tree/a/b");
  for (const char *name : {"tree/x", "tree/a/y", "tree/a/b/z"})
    std::ofstream{name} << name;
  fs::copy("tree", "copy", fs::copy_options::recursive);
  int count = 0;
  for (const fs::directory_entry &entry : fs::directory_iterator("tree"))
    count += entry.exists();
  CHECK_EQUAL(count, 2);
  for (auto walk = fs::recursive_directory_iterator("copy"); walk != fs::end(walk); ++walk)
    count += std::ifstream(walk->path()).is_open();
  CHECK(count >= 5);
  auto half = fs::recursive_directory_iterator("copy"); // left in the middle
  ++half;
  std::vector<fs::directory_iterator> several(3, fs::directory_iterator("tree"));
  CHECK(fs::remove_all("copy") == 6);
  CHECK(fs::is_empty("tree/a/b") == false);
}

int main() {
  int before = count_fds();
  use_streams();
  use_directories();
  CHECK_EQUAL(count_fds(), before);
  // These stay open, and an exact trace says so.
  static std::vector<std::unique_ptr<std::ifstream>> kept;
  for (int i = 0; i < 3; i++)
    kept.push_back(std::make_unique<std::ifstream>("one"));
  static fs::recursive_directory_iterator walk("tree");
  CHECK(count_fds() > before + 3);
  if (check_failures != 0)
    return 1;
  _exit(0); // with them open
}
