/// A part of a trace in memory, as pages of which those that hold only zeros
/// take no room. Every read is checked; offsets are bytes from the part's start.
public struct SparseBytes: Equatable, Sendable {
  /// A power of two that every record size of the format divides, so that no
  /// record of an aligned array crosses a page.
  public static let pageSize = 1 << 16

  /// Where the part starts in the file.
  public let base: UInt64
  public let count: Int
  private let pages: [[UInt8]]

  init(base: UInt64, count: Int, pages: [[UInt8]]) {
    self.base = base
    self.count = count
    self.pages = pages
  }

  /// Nothing at all.
  public init() { self.init(base: 0, count: 0, pages: []) }

  /// Loads a value of plain bits. Throws `truncated` when it does not lie inside.
  public func load<Value: BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) throws(TraceError) -> Value {
    let size = MemoryLayout<Value>.size
    guard offset >= 0 && size <= count && offset <= count - size else {
      throw .truncated(
        offset: base &+ UInt64(clamping: offset), need: UInt64(size),
        have: UInt64(clamping: count - max(0, min(offset, count))))
    }
    let start = offset % Self.pageSize
    if start + size <= Self.pageSize {
      let page = pages[offset / Self.pageSize]
      if !page.isEmpty {
        return page.span.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Value.self)
      }
    }
    // All zeros, or across two pages.
    return copy(offset..<offset + size).span.bytes
      .unsafeLoadUnaligned(fromByteOffset: 0, as: Value.self)
  }

  /// Copies the part of `range` that lies inside.
  public func copy(_ range: Range<Int>) -> [UInt8] {
    let range = range.clamped(to: 0..<count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let start = offset % Self.pageSize
      let length = min(Self.pageSize - start, range.upperBound - offset)
      let page = pages[offset / Self.pageSize]
      if page.isEmpty {
        bytes.append(contentsOf: repeatElement(0, count: length))
      } else {
        bytes.append(contentsOf: page[start..<start + length])
      }
      offset += length
    }
    return bytes
  }

  /// Calls `body` with each page that holds something and its offset, in order.
  public func forEachPage<Failure: Error>(
    _ body: (_ offset: Int, _ bytes: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    for (number, page) in pages.enumerated() where !page.isEmpty {
      try body(number * Self.pageSize, page.span.bytes)
    }
  }

  /// Calls `body` with the page around `offset` and the offset inside of it; nil where
  /// that holds only zeros or is outside.
  public func withPage<Result>(
    at offset: Int, _ body: (_ bytes: RawSpan, _ start: Int) -> Result
  ) -> Result? {
    guard offset >= 0 && offset < count else { return nil }
    let page = pages[offset / Self.pageSize]
    return page.isEmpty ? nil : body(page.span.bytes, offset % Self.pageSize)
  }

  /// Calls `body` with the first `limit` records of a section that is an array
  /// of them, in order, leaving out runs of zeros. The record's stride must
  /// divide `pageSize`.
  public func forEachRecord<Record: BitwiseCopyable>(
    as type: Record.Type = Record.self, limit: Int = .max,
    _ body: (_ slot: Int, _ record: Record) -> Void
  ) {
    let stride = MemoryLayout<Record>.stride
    precondition(Self.pageSize % stride == 0, "a record would cross two pages")
    forEachPage { offset, bytes in
      var start = 0
      while start <= bytes.byteCount - stride {
        let slot = (offset + start) / stride
        guard slot < limit else { return }
        body(slot, bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Record.self))
        start += stride
      }
    }
  }
}
