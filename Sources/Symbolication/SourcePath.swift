import Glibc

/// Names of source files as compilers record them.
enum SourcePath {
  /// Paths are cut here, so that a hostile file cannot fill memory with one.
  private static let byteLimit = 4096

  /// Folds `.`, `..` and doubled slashes, which build systems leave in by their relative calls.
  static func tidy(_ path: UnsafePointer<CChar>) -> String {
    let count = strnlen(path, byteLimit)
    let text = path.withMemoryRebound(to: UInt8.self, capacity: count) {
      String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
    }
    return tidy(text)
  }

  static func tidy(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part == "..", path.hasPrefix("/") {
        continue
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
