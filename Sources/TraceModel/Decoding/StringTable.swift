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
  private var decoding: Budget
  private var handingOut: Budget
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
    decoding = Budget(section.count * 2)
    handingOut = Budget(room)
  }

  /// References that got nothing, because too much had been decoded or handed out.
  var refused: Int { decoding.refusals + handingOut.refusals }

  /// The text of a reference, with U+FFFD for bytes that are not UTF-8; nil for
  /// 0, for what was never published and for what does not lie inside.
  mutating func text(_ reference: UInt32) -> String? {
    guard reference != 0 else { return nil }
    let known = knownTexts[reference]
    guard let text = known ?? bytes(reference).map({ String(decoding: $0, as: UTF8.self) }) else {
      return nil
    }
    if known == nil { knownTexts[reference] = text }
    return handingOut.spend(text.utf8.count) ? text : nil
  }

  /// Arguments that are joined by NUL; a NUL that ends the last is not another.
  mutating func arguments(_ reference: UInt32) -> [String] {
    guard reference != 0 else { return [] }
    if let known = knownArguments[reference] {
      return handingOut.spend(Self.cost(known)) ? known : []
    }
    var parts = (bytes(reference) ?? []).split(separator: 0, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    let arguments = parts.map { String(decoding: $0, as: UTF8.self) }
    knownArguments[reference] = arguments
    return handingOut.spend(Self.cost(arguments)) ? arguments : []
  }

  private static func cost(_ arguments: [String]) -> Int {
    arguments.reduce(0) { $0 + $1.utf8.count + argumentCost }
  }

  /// Whether nothing stands where the reference leads, though recorders hand out none before that.
  func isMissing(_ reference: UInt32) -> Bool { reference != 0 && word(reference) == nil }

  /// Whether the recorder had to cut it.
  func isCut(_ reference: UInt32) -> Bool {
    word(reference).map { $0 & UInt32(FDT_STRING_CUT) != 0 } ?? false
  }

  /// The same as raw bytes, which may hold NULs.
  mutating func bytes(_ reference: UInt32) -> [UInt8]? {
    guard let word = word(reference) else { return nil }
    let start = Int(reference) + MemoryLayout<UInt32>.size
    let size = Int(word & ~UInt32(FDT_STRING_CUT))
    guard start <= section.count, size <= section.count - start else { return nil }
    let kept = min(size, Self.longest)
    guard decoding.spend(kept) else { return nil }
    return section.copy(start..<start + kept)
  }

  /// The size and whether it is cut, which precede the bytes; nil for 0, for what was never
  /// published and for what does not lie inside.
  private func word(_ reference: UInt32) -> UInt32? {
    guard reference != 0 else { return nil }
    let word = try? section.load(at: Int(reference), as: UInt32.self)
    return word == 0 ? nil : word
  }
}
