#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>
namespace UNIT {
template <int N> struct Shape {
  std::map<std::string, std::vector<std::variant<int, double, std::string>>> parts;
  std::function<int(const Shape &)> weigh;
  int count(const std::string &name) const {
    auto found = parts.find(name);
    return found == parts.end() ? N : static_cast<int>(found->second.size());
  }
  int all() const {
    std::vector<int> counts;
    for (const auto &[name, list] : parts)
      counts.push_back(count(name) + static_cast<int>(list.size()));
    std::sort(counts.begin(), counts.end(), [](int a, int b) { return a % (N + 2) < b % (N + 2); });
    return std::accumulate(counts.begin(), counts.end(), 0);
  }
  bool match(const std::string &text) const {
    std::regex pattern("[a-z]+" + std::to_string(N));
    std::set<std::string> seen;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
      seen.insert(it->str());
    std::unordered_map<std::string, std::shared_ptr<Shape>> children;
    for (const auto &name : seen)
      children[name] = std::make_shared<Shape>();
    return children.size() > N;
  }
};
template <int N> int run(const std::string &text) {
  Shape<N> shape;
  shape.parts[text].push_back(N);
  shape.weigh = [](const Shape<N> &s) { return s.all(); };
  std::ostringstream out;
  out << shape.weigh(shape) << shape.match(text);
  if constexpr (N > 0)
    return static_cast<int>(out.str().size()) + run<N - 1>(text);
  return static_cast<int>(out.str().size());
}
int main(int argc, char **argv) { return run<DEPTH>(argv[argc - 1]); }
} // namespace UNIT
