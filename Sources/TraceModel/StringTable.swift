import FDTrackFormat
import TraceBytes

/// Decodes string references, each once.
///
/// References are hostile. They may overlap, so all that is decoded may not
/// exceed twice the section: what a sound trace needs at most, and a bound for
/// the rest. Many records may share one text, which each report of them repeats:
/// so what is handed out is bounded, too.
struct StringTable {
  private let section: SparseBytes
  private var budget: Int
  private var room: Int
  /// References that got nothing, because too much had been handed out.
  private(set) var refused = 0
  private var knownTexts: [UInt32: String] = [:]
  private var knownArguments: [UInt32: [String]] = [:]

  /// The longest text that a recorder stores (PATH_MAX); more is cut.
  static let longest = 4096
  /// What the texts of some 50 000 processes need.
  static let defaultRoom = 32 << 20
  /// About what an argument takes beside its bytes.
  private static let argumentCost = 48

  /// - Parameter room: bytes of text that are handed out, repeats included.
  init(_ section: SparseBytes, room: Int = Self.defaultRoom) {
    self.section = section
    self.room = room
    budget = section.count * 2
  }

  /// The text of a reference, with U+FFFD for bytes that are not UTF-8; nil for
  /// 0, for what was never published and for what does not lie inside.
  mutating func text(_ reference: UInt32) -> String? {
    guard reference != 0 else { return nil }
    let known = knownTexts[reference]
    guard let text = known ?? bytes(reference).map({ String(decoding: $0, as: UTF8.self) }) else {
      return nil
    }
    if known == nil { knownTexts[reference] = text }
    return handsOut(text.utf8.count) ? text : nil
  }

  /// Arguments that are joined by NUL; a NUL that ends the last is not another.
  mutating func arguments(_ reference: UInt32) -> [String] {
    guard reference != 0 else { return [] }
    if let known = knownArguments[reference] { return handsOut(Self.cost(known)) ? known : [] }
    var parts = (bytes(reference) ?? []).split(separator: 0, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    let arguments = parts.map { String(decoding: $0, as: UTF8.self) }
    knownArguments[reference] = arguments
    return handsOut(Self.cost(arguments)) ? arguments : []
  }

  private static func cost(_ arguments: [String]) -> Int {
    arguments.reduce(0) { $0 + $1.utf8.count + argumentCost }
  }

  private mutating func handsOut(_ cost: Int) -> Bool {
    guard cost <= room else {
      refused += 1
      return false
    }
    room -= cost
    return true
  }

  /// Whether the recorder had to cut it.
  func isCut(_ reference: UInt32) -> Bool {
    guard reference != 0, let word = try? section.load(at: Int(reference), as: UInt32.self)
    else { return false }
    return word & UInt32(FDT_STRING_CUT) != 0
  }

  /// The same as raw bytes, which may hold NULs.
  mutating func bytes(_ reference: UInt32) -> [UInt8]? {
    let start = Int(reference) + MemoryLayout<UInt32>.size
    guard reference != 0, let word = try? section.load(at: Int(reference), as: UInt32.self),
      word != 0
    else { return nil }
    let size = Int(word & ~UInt32(FDT_STRING_CUT))
    guard start <= section.count, size <= section.count - start else { return nil }
    let kept = min(size, Self.longest)
    guard kept <= budget else {
      refused += 1
      return nil
    }
    budget -= kept
    return section.copy(start..<start + kept)
  }
}
