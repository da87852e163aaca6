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
