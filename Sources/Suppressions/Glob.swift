/// A pattern of shell wildcards: `*` stands for any text, `/` included, `?` for one character.
/// All else stands for itself; there are no escapes, as `*` also stands for itself.
///
/// Takes time in proportion to pattern times text at worst, whatever either holds.
public struct Glob: Equatable, Sendable {
  private let bytes: [UInt8]

  public init(_ pattern: String) { bytes = Array(pattern.utf8) }

  private static let any = UInt8(ascii: "*")
  private static let one = UInt8(ascii: "?")

  /// True when the pattern stands for the whole text.
  public func matches(_ text: some StringProtocol) -> Bool {
    var text = String(text)
    return text.withUTF8 { matches($0[...]) }
  }

  /// True when the pattern stands for the whole path or for its last components: `pool/dial.c`
  /// for `/src/pool/dial.c`, but not for `/src/mypool/dial.c`.
  func matchesEnd(ofPath path: String) -> Bool {
    var path = path
    return path.withUTF8 { text in
      if matches(text[...]) { return true }
      let slash = UInt8(ascii: "/")
      guard bytes.first != slash, bytes.first != Self.any else { return false }
      return text.indices.contains { text[$0] == slash && matches(text[($0 + 1)...]) }
    }
  }

  /// On a mismatch only the last `*` has to take more: what earlier ones took was the shortest.
  private func matches(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var (at, place) = (text.startIndex, 0)
    var star: (place: Int, taken: Int)?
    while at < text.endIndex {
      if place < bytes.count, bytes[place] == Self.any {
        star = (place, at)
        place += 1
      } else if place < bytes.count, bytes[place] == Self.one {
        at = Self.next(after: at, in: text)
        place += 1
      } else if place < bytes.count, bytes[place] == text[at] {
        at += 1
        place += 1
      } else if let last = star {
        star = (last.place, last.taken + 1)
        (at, place) = (last.taken + 1, last.place + 1)
      } else {
        return false
      }
    }
    return bytes[place...].allSatisfy { $0 == Self.any }
  }

  /// Past one character of UTF-8.
  private static func next(after index: Int, in text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    var next = index + 1
    while next < text.endIndex, text[next] & 0xc0 == 0x80 { next += 1 }
    return next
  }
}
