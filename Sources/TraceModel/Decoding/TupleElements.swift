/// A C array, which Swift sees as a tuple, as an array.
func elements<Tuple: BitwiseCopyable, Element: BitwiseCopyable>(
  of tuple: Tuple, as type: Element.Type = Element.self
) -> [Element] {
  withUnsafeBytes(of: tuple) { bytes in
    stride(
      from: 0, through: bytes.count - MemoryLayout<Element>.stride, by: MemoryLayout<Element>.stride
    )
    .map { bytes.loadUnaligned(fromByteOffset: $0, as: type) }
  }
}
