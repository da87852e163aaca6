/// What people know a program by.
public enum ProgramName {
  /// The last part of its first argument, by which it was called: the executable may be another
  /// name of the same file (`redis-server` is a link to `redis-check-rdb`, `sh` one to `dash`).
  /// nil for what is no file's name, or none of the program's: `-bash` of a login shell, a title,
  /// `/proc/self/exe`.
  public static func called(by argument: String?) -> String? {
    guard let argument, !argument.hasPrefix("/proc/"), !argument.hasPrefix("/dev/fd/") else {
      return nil
    }
    let bytes = argument.utf8
    let slash = UInt8(ascii: "/")
    let name = bytes.lastIndex(of: slash).map { bytes[bytes.index(after: $0)...] } ?? bytes[...]
    guard let first = name.first, isWord(first), name.count <= 64,
      name.allSatisfy({ isWord($0) || ".+-".utf8.contains($0) })
    else { return nil }
    return String(name)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
