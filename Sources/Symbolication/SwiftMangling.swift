/// Tells Swift names that may be demangled from those that would fill memory.
///
/// A mangled name refers back to earlier parts of itself (`A` and an index), and Swift's
/// demangler spells each reference out: a name of a hundred bytes can stand for gigabytes, each
/// part referring twice to the one before. The runtime cannot be told to stop.
enum SwiftMangling {
  /// How many times longer than its parts a name may get.
  private static let expansionLimit = 1 << 18
  /// Repeats of one reference (`A5B`) or standard type (`S5i`) that a compiler's names have.
  private static let repeatLimit = 64
  private static let discriminatorLimit = 4

  /// True when the whole is at most `expansionLimit` times its parts.
  ///
  /// A part that is referred to r times counts r + 1 times, at every level, so the product over
  /// all parts is a bound. Letters of identifiers are taken for references, too: that only makes
  /// the bound higher. But the names that the compiler gives to files (`33_` and 32 hexadecimal
  /// digits) would make it too high; a few are passed over, in which no name can hide much.
  static func isBounded(_ name: String) -> Bool {
    var references: [String: Int] = [:]
    let bytes = Array(name.utf8)
    var discriminators = 0
    var index = 0
    while index < bytes.count {
      if discriminators < discriminatorLimit, isDiscriminator(bytes[index...]) {
        discriminators += 1
        index += 35
        continue
      }
      let operation = bytes[index]
      index += 1
      guard operation == UInt8(ascii: "A") || operation == UInt8(ascii: "S") else { continue }
      // One operator holds several references: `AbcD` are b, c and D.
      while index < bytes.count, !isDiscriminator(bytes[index...]) {
        var repeats = 0
        while index < bytes.count, isDigit(bytes[index]) {
          repeats = min(repeats * 10 + Int(bytes[index] - UInt8(ascii: "0")), repeatLimit + 1)
          index += 1
        }
        guard index < bytes.count else { break }
        let letter = bytes[index]
        if letter == UInt8(ascii: "_") {
          // `A12_`: the number is an index.
          if operation == UInt8(ascii: "A") { references["_\(repeats)", default: 0] += 1 }
          index += 1
          break
        }
        guard repeats <= repeatLimit else { return false }
        if operation == UInt8(ascii: "A"), isLetter(letter) {
          references[String(letter | 0x20), default: 0] += max(1, repeats)
        }
        index += 1
        if operation == UInt8(ascii: "S") || !isLowercase(letter) { break }
      }
    }
    var bound = 1
    for count in references.values {
      bound *= count + 1
      if bound > expansionLimit { return false }
    }
    return true
  }

  private static func isDiscriminator(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: "33_".utf8) && bytes.count >= 35
      && bytes.dropFirst(3).prefix(32).allSatisfy {
        isDigit($0) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isLowercase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
  private static func isLetter(_ byte: UInt8) -> Bool { isLowercase(byte | 0x20) }
}
