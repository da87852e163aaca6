/// Paths as URI references, after RFC 3986 and RFC 8089: UTF-8, percent-encoded where a path
/// segment may not have the byte itself, without `.`, `..` and empty segments.
enum FileURI {
  /// `file:///srv/app/`; nil for a path that does not start at the root.
  static func folder(_ path: String) -> String? {
    guard let segments = segments(ofAbsolute: path) else { return nil }
    return "file:///" + segments.map { encoded($0) + "/" }.joined()
  }

  /// `file:///srv/app/main.c`; nil for a path that does not start at the root, or is it.
  static func file(_ path: String) -> String? {
    guard let segments = segments(ofAbsolute: path), !segments.isEmpty else { return nil }
    return "file:///" + segments.map(encoded).joined(separator: "/")
  }

  /// The reference from a folder to what is below it: `src/main.c`. A relative path is taken to
  /// be relative to it. Nil for what is not below it.
  static func relative(_ path: String, to folder: String) -> String? {
    guard let base = segments(ofAbsolute: folder) else { return nil }
    let segments: ArraySlice<Substring>
    if path.hasPrefix("/") {
      guard let all = Self.segments(ofAbsolute: path), all.starts(with: base) else { return nil }
      segments = all.dropFirst(base.count)
    } else {
      guard let resolved = resolved(path) else { return nil }
      segments = resolved[...]
    }
    return segments.isEmpty ? nil : segments.map(encoded).joined(separator: "/")
  }

  private static func segments(ofAbsolute path: String) -> [Substring]? {
    guard path.hasPrefix("/") else { return nil }
    var result: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      // The root is its own parent.
      if segment == ".." { _ = result.popLast() } else { result.append(segment) }
    }
    return result
  }

  /// Nil when it leaves the folder that it is relative to.
  private static func resolved(_ path: String) -> [Substring]? {
    var result: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment != ".." {
        result.append(segment)
      } else if result.popLast() == nil {
        return nil
      }
    }
    return result
  }

  /// A segment; a colon is encoded, since the first one of a relative reference must have none.
  private static func encoded(_ segment: Substring) -> String {
    var out = ""
    for byte in segment.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where literal.contains(byte): out.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        out += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return out
  }

  /// The rest of `pchar`, but for the colon.
  private static let literal = Set("-._~!$&'()*+,;=@".utf8)
}
