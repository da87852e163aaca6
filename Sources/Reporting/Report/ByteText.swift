// Text by its bytes: what the standard library offers goes by characters, which takes some
// fifty times as long, and a report looks at the names in each of its frames.
extension StringProtocol {
  /// Whether `part`, which is not empty, is in it.
  func holds(_ part: StaticString) -> Bool { firstEnd(of: part) != nil }

  /// What comes first up to the end of the first `part`, which is not empty; nil without any.
  func prefix(throughFirst part: StaticString) -> SubSequence? {
    firstEnd(of: part).map { self[..<utf8.index(startIndex, offsetBy: $0)] }
  }

  /// Bytes up to the end of the first `part`.
  private func firstEnd(of part: StaticString) -> Int? {
    let part = UnsafeBufferPointer(start: part.utf8Start, count: part.utf8CodeUnitCount)
    func search(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
      guard let first = part.first, text.count >= part.count else { return nil }
      for start in 0...text.count - part.count where text[start] == first {
        if text[start..<start + part.count].elementsEqual(part) { return start + part.count }
      }
      return nil
    }
    return utf8.withContiguousStorageIfAvailable(search)
      ?? Array(utf8).withUnsafeBufferPointer(search)
  }
}
