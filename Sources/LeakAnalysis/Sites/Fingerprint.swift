import TraceModel

/// Names a site so that tickets about it can be matched over builds: FNV-1a (64
/// bits) of what stays the same when addresses and lines move, in hexadecimal.
///
/// The names of functions are not known here: who symbolizes gives them.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt64

  /// `api` is the function called; `frames` are what is stable of its callers,
  /// innermost first, such as `module!function`.
  public init(api: String, frames: [String]) {
    var hash = FNV1a()
    for text in [api] + frames {
      hash.add(text)
      // No byte of UTF-8: it keeps "ab","c" and "a","bc" apart.
      hash.add(0xff)
    }
    rawValue = hash.value
  }

  /// Sixteen hexadecimal digits.
  public var description: String { Self.digits(rawValue) }

  /// Any such number as sixteen hexadecimal digits.
  public static func digits(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
