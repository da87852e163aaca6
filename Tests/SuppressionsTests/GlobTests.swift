import Testing

@testable import Suppressions

@Suite("Patterns with wildcards")
struct GlobTests {
  @Test(
    "* stands for any text, ? for one character, all else for itself",
    arguments: [
      ("", "", true), ("*", "", true), ("*", "/a/b", true), ("?", "", false), ("?", "a", true),
      ("?", "é", true), ("??", "é", false), ("dial", "dial", true), ("dial", "dials", false),
      ("dial*", "dials", true), ("*dial", "redial", true), ("d*l", "dial", true),
      ("d*l", "dials", false), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false),
      ("/var/log/*.log", "/var/log/app/x.log", true), ("/var/log/*.log", "/var/log", false),
      ("f(char const*)", "f(char const*)", true), ("a*?c", "abc", true), ("a*?c", "ac", false),
      ("*.so.?", "libx.so.6", true), ("**", "x", true), ("a[bc]", "ab", false),
      ("a[bc]", "a[bc]", true),
    ] as [(String, String, Bool)])
  func matches(pattern: String, text: String, expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }

  @Test(
    "The end of a path is matched by whole components",
    arguments: [
      ("dial.c", "/src/pool/dial.c", true), ("pool/dial.c", "/src/pool/dial.c", true),
      ("ool/dial.c", "/src/pool/dial.c", false), ("/pool/dial.c", "/src/pool/dial.c", false),
      ("/src/*", "/src/pool/dial.c", true), ("dial.?", "dial.c", true), ("*", "", true),
      ("dial.c", "", false), ("libpool.so*", "/opt/lib/libpool.so.1.2", true),
      ("libpool.so", "/opt/lib/libpool.so.1.2", false),
    ] as [(String, String, Bool)])
  func pathEnds(pattern: String, path: String, expected: Bool) {
    #expect(Glob(pattern).matchesEnd(ofPath: path) == expected)
  }

  /// All ways to match, without any cleverness.
  private func slowly(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return slowly(pattern.dropFirst(), text)
        || (!text.isEmpty && slowly(pattern, text.dropFirst()))
    }
    guard let next = text.first, first == "?" || first == next else { return false }
    return slowly(pattern.dropFirst(), text.dropFirst())
  }

  @Test("Every short pattern and text agree with the definition")
  func exhaustive() {
    func words(_ letters: [String], _ length: Int) -> [String] {
      length == 0 ? [""] : words(letters, length - 1).flatMap { word in letters.map { word + $0 } }
    }
    let texts = (0...4).flatMap { words(["a", "b"], $0) }
    for pattern in (0...4).flatMap({ words(["a", "b", "*", "?"], $0) }) {
      let glob = Glob(pattern)
      for text in texts where glob.matches(text) != slowly(pattern[...], text[...]) {
        Issue.record("'\(pattern)' against '\(text)'")
      }
    }
  }

  @Test("A pattern made to backtrack ends")
  func hostile() {
    let pattern = Glob(String(repeating: "a*", count: 500) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 5000)))
  }
}
