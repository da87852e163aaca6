/// A file in which a runtime names the code that it makes, `/tmp/perf-PID.map`: a line each of
/// start, size (both in hexadecimal) and name. Node, Python, Java, .NET and others write it for
/// perf(1).
///
/// Only what is wanted is kept, so that files may be large.
///
/// Source: `tools/perf/Documentation/jit-interface.txt` of Linux
public struct PerfMap {
  /// What the lines that hold an address say.
  public enum Entry: Equatable, Sendable {
    case function(SourceFrame)
    /// Code is made, thrown away, and made where other code was: nothing tells which was meant.
    case several
  }

  /// Ascending.
  private var wanted: [UInt64]
  /// By places in `wanted`: each of millions of lines may hold all of them.
  private var found: RangeTree<Entry>
  /// The beginning of a line whose end is still to come.
  private var rest: [UInt8] = []
  private var isTooLong = false

  /// Longer lines are not read: no name is that long.
  private static let lineLimit = 1 << 14

  public init(wanted: some Sequence<UInt64>) {
    self.init(sorted: wanted.sorted())
  }

  private init(sorted wanted: [UInt64]) {
    self.wanted = wanted
    found = RangeTree(count: wanted.count, several: .several)
  }

  /// Whether no line held any of the addresses.
  public var isEmpty: Bool { found.isEmpty }

  /// What the lines say of an address that is wanted.
  public func entry(at address: UInt64) -> Entry? {
    let end = wanted.rank(of: address) { $0 }
    return end > 0 && wanted[end - 1] == address ? found[end - 1] : nil
  }

  /// Takes what another found in the same part of the file, of other addresses.
  public mutating func add(_ other: PerfMap) {
    var joined = PerfMap(sorted: (wanted + other.wanted).sorted())
    for (place, address) in joined.wanted.enumerated() {
      if let entry = entry(at: address) ?? other.entry(at: address) {
        joined.found.say(entry, of: place..<place + 1)
      }
    }
    (wanted, found) = (joined.wanted, joined.found)
  }

  /// Takes the next part of the file, however lines are cut by it. What stands behind the last
  /// end of a line is left: its writer may be in the middle of it.
  public mutating func read(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var left = bytes[...]
      while let end = left.firstIndex(of: UInt8(ascii: "\n")) {
        endLine(with: UnsafeRawBufferPointer(rebasing: left[..<end]))
        left = left[(end + 1)...]
      }
      begin(UnsafeRawBufferPointer(rebasing: left))
    }
  }

  private mutating func begin(_ part: UnsafeRawBufferPointer) {
    if rest.count + part.count <= Self.lineLimit { rest += part } else { isTooLong = true }
  }

  private mutating func endLine(with part: UnsafeRawBufferPointer) {
    if rest.isEmpty, !isTooLong, part.count <= Self.lineLimit {
      read(line: part)
      return
    }
    begin(part)
    if !isTooLong {
      let line = rest
      line.withUnsafeBytes { read(line: $0) }
    }
    rest.removeAll(keepingCapacity: true)
    isTooLong = false
  }

  private mutating func read(line: UnsafeRawBufferPointer) {
    var line = line[...]
    guard let start = Self.number(&line), let size = Self.number(&line), size > 0, start > 0,
      !line.isEmpty, case let (end, overflow) = start.addingReportingOverflow(size), !overflow
    else { return }
    let places = wanted.rank(of: start - 1) { $0 }..<wanted.rank(of: end - 1) { $0 }
    guard !places.isEmpty else { return }
    let name = String(decoding: line, as: UTF8.self)
    found.say(.function(GeneratedName.frame(name)), of: places)
  }

  /// Takes a number in hexadecimal and the spaces behind it.
  private static func number(_ line: inout Slice<UnsafeRawBufferPointer>) -> UInt64? {
    if line.starts(with: "0x".utf8) { line = line.dropFirst(2) }
    let digits = line.prefix { $0 != UInt8(ascii: " ") }
    guard 1...16 ~= digits.count else { return nil }
    var number: UInt64 = 0
    for byte in digits {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      number = number << 4 | UInt64(digit)
    }
    line = line[digits.endIndex...].drop { $0 == UInt8(ascii: " ") }
    return number
  }
}
