extension String {
  /// What follows the last slash of a path, but for those that end it; all of what has nothing
  /// else.
  public var lastComponent: Substring {
    let slash = UInt8(ascii: "/")
    guard let last = utf8.lastIndex(where: { $0 != slash }) else { return self[...] }
    let start = utf8[...last].lastIndex(of: slash).map(utf8.index(after:)) ?? startIndex
    return self[start...last]
  }
}
