import FDTrackFormat
import TraceBytes

/// Decodes string references, each once.
///
/// References are hostile and may overlap, so all that is decoded may not
/// exceed twice the section: what a sound trace needs at most, and a bound for
/// the rest.
struct StringTable {
  private let section: SparseBytes
  private var budget: Int
  private var knownTexts: [UInt32: String] = [:]
  private var knownArguments: [UInt32: [String]] = [:]

  init(_ section: SparseBytes) {
    self.section = section
    budget = section.count * 2
  }

  /// The text of a reference, with U+FFFD for bytes that are not UTF-8; nil for
  /// 0, for what was never published and for what does not lie inside.
  mutating func text(_ reference: UInt32) -> String? {
    if let text = knownTexts[reference] { return text }
    guard let bytes = bytes(reference) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    knownTexts[reference] = text
    return text
  }

  /// Arguments that are joined by NUL; a NUL that ends the last is not another.
  mutating func arguments(_ reference: UInt32) -> [String] {
    if let arguments = knownArguments[reference] { return arguments }
    var parts = (bytes(reference) ?? []).split(separator: 0, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    let arguments = parts.map { String(decoding: $0, as: UTF8.self) }
    knownArguments[reference] = arguments
    return arguments
  }

  /// The same as raw bytes, which may hold NULs.
  mutating func bytes(_ reference: UInt32) -> [UInt8]? {
    let start = Int(reference) + MemoryLayout<UInt32>.size
    guard reference != 0, let word = try? section.load(at: Int(reference), as: UInt32.self),
      word != 0
    else { return nil }
    let size = Int(word & ~UInt32(FDT_STRING_CUT))
    guard start <= section.count, size <= section.count - start, size <= budget else { return nil }
    budget -= size
    return section.copy(start..<start + size)
  }
}
