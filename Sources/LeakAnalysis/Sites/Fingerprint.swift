/// Names a site so that tickets about it can be matched over builds: FNV-1a (64
/// bits) of what stays the same when addresses and lines move, in hexadecimal.
///
/// The names of functions are not known here: who symbolizes gives them.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt64

  /// `api` is the function called; `frames` are what is stable of its callers,
  /// innermost first, such as `module!function`.
  public init(api: String, frames: [String]) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    func add(_ text: String) {
      var text = text
      text.withUTF8 { for byte in $0 { add(byte) } }
      // No byte of UTF-8: it keeps "ab","c" and "a","bc" apart.
      add(0xff)
    }
    add(api)
    for frame in frames { add(frame) }
    rawValue = hash
  }

  /// Sixteen hexadecimal digits.
  public var description: String { Self.digits(rawValue) }

  /// Any such number as sixteen hexadecimal digits.
  public static func digits(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
