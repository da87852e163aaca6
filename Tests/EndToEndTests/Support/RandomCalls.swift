import SeededRandom

/// A C program of random functions that call each other, many as the last thing that they do. It
/// opens 48 files, `leak-0` and so on, each by a way of its own through them.
struct RandomCalls {
  static let files = 48
  private static let hashes = ["2654435761", "40503", "2246822519"]

  /// Source files by their names.
  private(set) var sources: [String: String] = [:]
  /// Those that go into a library.
  private(set) var library: [String] = []
  private var random: SeededRandom

  private struct Function {
    var unit: Int
    var isStatic: Bool
  }

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    let count = Int.random(in: 8...24, using: &random)
    let units = Int.random(in: 1...4, using: &random)
    let libraryUnit = units > 1 && Bool.random(using: &random) ? units - 1 : units
    var functions = (0..<count).map { _ in
      Function(unit: .random(in: 0..<units, using: &random), isStatic: chance(of: 3))
    }
    functions[0].isStatic = false
    var bodies: [String] = []
    for (number, function) in functions.enumerated() {
      let callees = functions.indices.dropFirst(number + 1).filter {
        (!functions[$0].isStatic || functions[$0].unit == function.unit)
          && (function.unit != libraryUnit || functions[$0].unit == libraryUnit)
      }
      bodies.append(body(of: number, function, calling: callees))
    }
    for unit in 0..<units {
      let own = functions.indices.filter { functions[$0].unit == unit }.shuffled(using: &random)
      let declared = own.filter { functions[$0].isStatic }.map { "static int f\($0)(int, int);\n" }
      sources["p\(unit).c"] =
        "#include \"all.h\"\n" + declared.joined() + own.map { "\n" + bodies[$0] }.joined()
      if unit == libraryUnit { library = ["p\(unit).c"] }
    }
    let shared = functions.indices.filter { !functions[$0].isStatic }
    sources["all.h"] =
      Self.header + shared.map { "int f\($0)(int, int);\n" }.joined()
    sources["main.c"] = Self.main
  }

  /// A function's text; `callees` come after it, so that no call goes around but its own.
  private mutating func body(
    of number: Int, _ function: Function, calling callees: [Int]
  ) -> String {
    let attribute = chance(of: 3) ? "" : "__attribute__((noinline)) "
    let before =
      [
        "", "sink += k;\n  ", "if (k == 12345)\n    abort();\n  ",
        "char b[64];\n  snprintf(b, sizeof b, \"%d\", k);\n  sink += b[0];\n  ",
      ].randomElement(using: &random) ?? ""
    let bit =
      "(unsigned)k * \(Self.hashes.randomElement(using: &random) ?? "1")u >> "
      + "\(Int.random(in: 3...20, using: &random))"
    func one() -> String { "f\(callees.randomElement(using: &random) ?? 0)" }
    let lines: String
    switch callees.isEmpty ? 6 : Int.random(in: 0...7, using: &random) {
    case 0: lines = before + "return \(one())(k, d);"
    case 1: lines = before + "int r = \(one())(k, d);\n  sink += r;\n  return r;"
    case 2: lines = before + "if (\(bit) & 1)\n    return \(one())(k, d);\n  return \(one())(k, d);"
    case 3:
      let cases = (0..<3).map { "  case \($0):\n    return \(one())(k, d);\n" }.joined()
      lines =
        before + "switch (\(bit) & 3) {\n\(cases)  default:\n    return \(one())(k, d);\n  }"
    case 4:
      lines =
        before + "int (*volatile p)(int, int) = \(bit) & 1 ? \(one()) : \(one());\n"
        + "  return p(k, d);"
    case 5: lines = "if (d > 0)\n    return f\(number)(k, d - 1);\n  return \(one())(k, 2);"
    case 6: lines = before + "return open(path_of(k), O_RDWR | O_CREAT, 0600);"
    default:
      lines =
        before + "int fd = open(path_of(k), O_RDWR | O_CREAT, 0600);\n  sink += fd;\n  return fd;"
    }
    return "\(attribute)\(function.isStatic ? "static " : "")int f\(number)(int k, int d) {\n"
      + "  (void)d;\n  \(lines)\n}\n"
  }

  /// One time in `times`.
  private mutating func chance(of times: Int) -> Bool {
    Int.random(in: 0..<times, using: &random) == 0
  }

  private static let header = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    extern volatile int sink;
    const char *path_of(int k);

    """

  private static let main = """
    #include "all.h"
    volatile int sink;
    const char *path_of(int k) {
      static char path[32];
      snprintf(path, sizeof path, "leak-%d", k);
      return path;
    }
    int main(void) {
      for (int k = 0; k < \(files); k++)
        if (f0(k, 2) < 0)
          return 1;
      return 0;
    }

    """
}
