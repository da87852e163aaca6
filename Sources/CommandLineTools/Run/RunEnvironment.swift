@preconcurrency import Glibc
import SystemPackage

/// A NUL-terminated string of any bytes: what the kernel takes for arguments
/// and environment, which need not be UTF-8.
typealias CStringBytes = [CChar]

/// The environment that the command gets: `fdtrack`'s own, byte for byte,
/// with the recorder's variables added.
struct RunEnvironment: Equatable {
  /// `NAME=value` each, in the order of the original.
  private(set) var entries: [CStringBytes]

  init(entries: [CStringBytes]) {
    self.entries = entries
  }

  /// The environment of this process. Not thread-safe against setenv(3).
  static func current() -> RunEnvironment {
    var entries: [CStringBytes] = []
    var cursor = environ
    while let entry = cursor.pointee {
      entries.append(CStringBytes(UnsafeBufferPointer(start: entry, count: strlen(entry) + 1)))
      cursor += 1
    }
    return RunEnvironment(entries: entries)
  }

  /// The value of a variable, without its NUL. The first entry counts, as for getenv(3).
  subscript(name: String) -> ArraySlice<CChar>? {
    let prefix = Self.prefix(name)
    return entries.first { $0.starts(with: prefix) }
      .map { $0[prefix.count..<($0.count - 1)] }
  }

  /// Sets a variable where it stands, or at the end; later duplicates go.
  mutating func set(_ name: String, to value: some Sequence<CChar>) {
    let prefix = Self.prefix(name)
    let entry = prefix + value + [0]
    let place = entries.firstIndex { $0.starts(with: prefix) } ?? entries.endIndex
    entries.removeAll { $0.starts(with: prefix) }
    entries.insert(entry, at: min(place, entries.endIndex))
  }

  mutating func set(_ name: String, to value: String) {
    set(name, to: value.utf8.lazy.map { CChar(bitPattern: $0) })
  }

  /// Takes a variable away.
  mutating func remove(_ name: String) {
    let prefix = Self.prefix(name)
    entries.removeAll { $0.starts(with: prefix) }
  }

  /// Puts a library in front of the preloaded ones; ld.so(8) splits the list on
  /// colons and spaces.
  mutating func preload(_ library: FilePath) {
    let first = library.bytes
    let separators = [CChar(bitPattern: UInt8(ascii: ":")), CChar(bitPattern: UInt8(ascii: " "))]
    let others = (self["LD_PRELOAD"] ?? []).split { separators.contains($0) }
      .filter { !$0.elementsEqual(first) }
    set("LD_PRELOAD", to: ([first[...]] + others).joined(separator: separators.prefix(1)))
  }

  /// Lets programs start that are built with the address sanitizer: it ends any whose first
  /// library is not its own, which a preloaded one is. A setting that is there stays. Others
  /// do not look at the variable. Source: AddressSanitizerFlags of LLVM's wiki.
  mutating func allowSanitizers() {
    let flag = "verify_asan_link_order".utf8.map { CChar(bitPattern: $0) }
    let others = self["ASAN_OPTIONS"] ?? []
    if others.contains(flag) { return }
    let start = others.isEmpty ? [] : others + [CChar(bitPattern: UInt8(ascii: ":"))]
    set("ASAN_OPTIONS", to: start + flag + "=0".utf8.map { CChar(bitPattern: $0) })
  }

  /// Has all programs of the command's tree write to one trace: the first of them that has the
  /// recorder makes it, whichever that is. The command's pid goes where `pidDigits` says.
  mutating func shareTrace(at path: FilePath, id: UInt64) {
    let digits = String(id, radix: 16)
    let unknown = String(repeating: "0", count: 8)
    let text = String(repeating: "0", count: 16 - digits.count) + digits + ".\(unknown):"
    set(Self.join, to: text.utf8.map { CChar(bitPattern: $0) } + path.bytes)
  }

  /// Where the pid's eight digits stand: in which entry, and how far from its start.
  var pidDigits: (entry: Int, offset: Int)? {
    let prefix = Self.prefix(Self.join)
    return entries.firstIndex { $0.starts(with: prefix) }.map { ($0, prefix.count + 17) }
  }

  /// How programs of a tree find its trace; `start.h` of the recorder has the form.
  static let join = "FDTRACK_JOIN"

  private static func prefix(_ name: String) -> [CChar] {
    (name + "=").utf8.map { CChar(bitPattern: $0) }
  }
}

extension FilePath {
  /// The path's bytes, without the NUL.
  var bytes: [CChar] {
    withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
  }
}
