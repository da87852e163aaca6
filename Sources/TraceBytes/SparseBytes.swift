import Glibc

/// A part of a trace in memory, as pages of which those that hold only zeros
/// take no room. Every read is checked; offsets are bytes from the part's start.
public struct SparseBytes: Equatable, Sendable {
  /// A power of two that every record size of the format divides, so that no
  /// record of an aligned array crosses a page.
  public static let pageSize = 1 << 12
  /// What is read at once: a multiple of the pages' size.
  static let blockSize = 1 << 16

  /// Where the part starts in the file.
  public let base: UInt64
  public let count: Int
  private let blocks: [Block]

  /// The pages of a block that hold something, one after the other.
  struct Block: Equatable, Sendable {
    private let bytes: [UInt8]
    /// A bit for each page, the first one's the lowest.
    private let present: UInt16

    static let empty = Block(bytes: [], present: 0)

    private init(bytes: [UInt8], present: UInt16) { (self.bytes, self.present) = (bytes, present) }

    /// Takes the bytes of a block, the last of which may be shorter.
    init(_ block: [UInt8]) {
      var present: UInt16 = 0
      var kept = 0
      block.withUnsafeBytes { bytes in
        for (number, start) in stride(from: 0, to: bytes.count, by: pageSize).enumerated() {
          let page = bytes[start..<min(start + pageSize, bytes.count)]
          if !Self.isZero(UnsafeRawBufferPointer(rebasing: page)) {
            present |= 1 << UInt16(number)
            kept += page.count
          }
        }
      }
      if kept == block.count {
        self.init(bytes: block, present: present)
        return
      }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(kept)
      for number in 0..<UInt16.bitWidth where present >> UInt16(number) & 1 != 0 {
        let start = number * pageSize
        bytes += block[start..<min(start + pageSize, block.count)]
      }
      self.init(bytes: bytes, present: present)
    }

    /// The first is zero, and each is as the one before: memcmp(3) looks at many at once.
    private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
      guard let start = bytes.baseAddress, let first = bytes.first else { return true }
      return first == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
    }

    /// Where the bytes of a page that holds something begin; nil for any other.
    private func start(ofPage number: Int) -> Int? {
      guard present >> UInt16(number) & 1 != 0 else { return nil }
      return (present & (1 << UInt16(number) - 1)).nonzeroBitCount * pageSize
    }

    /// The bytes of one page and the offset inside of it; nil when it holds only zeros.
    func withPage<Result>(
      at offset: Int, _ body: (_ bytes: RawSpan, _ start: Int) -> Result
    ) -> Result? {
      guard let start = start(ofPage: offset / pageSize) else { return nil }
      let page = bytes.span.bytes.extracting(start..<min(start + pageSize, bytes.count))
      return body(page, offset % pageSize)
    }

    /// Calls `body` with runs of pages that hold something, and their offsets in the block.
    func forEachRun<Failure: Error>(
      _ body: (_ offset: Int, _ bytes: RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
      var (number, start) = (0, 0)
      while start < bytes.count {
        number += (present >> UInt16(number)).trailingZeroBitCount
        let length = (~(present >> UInt16(number))).trailingZeroBitCount
        let end = min(start + length * pageSize, bytes.count)
        try body(number * pageSize, bytes.span.bytes.extracting(start..<end))
        (number, start) = (number + length, end)
      }
    }
  }

  init(base: UInt64, count: Int, blocks: [Block]) {
    self.base = base
    self.count = count
    self.blocks = blocks
  }

  /// Bytes that are there.
  init(_ bytes: [UInt8]) {
    self.init(
      base: 0, count: bytes.count,
      blocks: stride(from: 0, to: bytes.count, by: Self.blockSize).map {
        Block(Array(bytes[$0..<min($0 + Self.blockSize, bytes.count)]))
      })
  }

  /// Nothing at all.
  public init() { self.init(base: 0, count: 0, blocks: []) }

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
    if offset % Self.pageSize + size <= Self.pageSize,
      let value = withPage(
        at: offset, { $0.unsafeLoadUnaligned(fromByteOffset: $1, as: Value.self) })
    {
      return value
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
      let isThere: Void? = withPage(at: offset) { page, start in
        page.withUnsafeBytes { bytes.append(contentsOf: $0[start..<start + length]) }
      }
      if isThere == nil { bytes.append(contentsOf: repeatElement(0, count: length)) }
      offset += length
    }
    return bytes
  }

  /// Calls `body` with runs of whole pages that hold something, and their offsets, in order.
  public func forEachRun<Failure: Error>(
    _ body: (_ offset: Int, _ bytes: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    for (number, block) in blocks.enumerated() {
      try block.forEachRun { offset, bytes throws(Failure) in
        try body(number * Self.blockSize + offset, bytes)
      }
    }
  }

  /// Calls `body` with the page around `offset` and the offset inside of it; nil where
  /// that holds only zeros or is outside.
  public func withPage<Result>(
    at offset: Int, _ body: (_ bytes: RawSpan, _ start: Int) -> Result
  ) -> Result? {
    guard offset >= 0 && offset < count else { return nil }
    return blocks[offset / Self.blockSize].withPage(at: offset % Self.blockSize, body)
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
    forEachRun { offset, bytes in
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
