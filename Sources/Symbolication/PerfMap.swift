/// A file in which a runtime names the code that it makes, `/tmp/perf-PID.map`: a line each of
/// start, size (both in hexadecimal) and name. Node, Python, Java, .NET and others write it for
/// perf(1).
///
/// Only what is wanted is kept, so that files may be of any size.
///
/// Source: `tools/perf/Documentation/jit-interface.txt` of Linux
public struct PerfMap {
  /// What the lines that hold an address say.
  public enum Entry: Equatable, Sendable {
    case function(SourceFrame)
    /// Code is made, thrown away, and made where other code was: nothing tells which was meant.
    case several
  }

  public private(set) var entries: [UInt64: Entry] = [:]
  /// Ascending.
  private let wanted: [UInt64]
  /// The beginning of a line whose end is still to come.
  private var rest: [UInt8] = []
  private var isTooLong = false

  /// Longer lines are not read: no name is that long.
  private static let lineLimit = 1 << 14

  public init(wanted: some Sequence<UInt64>) {
    self.wanted = wanted.sorted()
  }

  /// Takes the next part of the file, however lines are cut by it. What stands behind the last
  /// end of a line is left: its writer may be in the middle of it.
  public mutating func read(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        if rest.count < Self.lineLimit { rest.append(byte) } else { isTooLong = true }
        continue
      }
      endLine()
    }
  }

  private mutating func endLine() {
    if !isTooLong { rest.withUnsafeBytes { read(line: $0) } }
    rest.removeAll(keepingCapacity: true)
    isTooLong = false
  }

  private mutating func read(line: UnsafeRawBufferPointer) {
    var line = line[...]
    guard let start = Self.number(&line), let size = Self.number(&line), size > 0, start > 0,
      !line.isEmpty, case let (end, overflow) = start.addingReportingOverflow(size), !overflow
    else { return }
    var index = wanted.rank(of: start - 1) { $0 }
    guard index < wanted.count, wanted[index] < end else { return }
    let name = String(decoding: line, as: UTF8.self)
    let entry = Entry.function(GeneratedName.frame(name))
    while index < wanted.count, wanted[index] < end {
      let known = entries[wanted[index], default: entry]
      entries[wanted[index]] = known == entry ? entry : .several
      index += 1
    }
  }

  /// Takes a number in hexadecimal and the spaces behind it.
  private static func number(_ line: inout Slice<UnsafeRawBufferPointer>) -> UInt64? {
    if line.starts(with: "0x".utf8) { line = line.dropFirst(2) }
    let digits = line.prefix { $0 != UInt8(ascii: " ") }
    guard let number = UInt64(String(decoding: digits, as: UTF8.self), radix: 16) else {
      return nil
    }
    line = line[digits.endIndex...].drop { $0 == UInt8(ascii: " ") }
    return number
  }
}
