/// The secret that pseudonyms are made with: without it nobody can try likely names until one
/// fits.
public struct RedactionKey: Equatable, Sendable {
  private var low: UInt64
  private var high: UInt64

  init(low: UInt64, high: UInt64) { (self.low, self.high) = (low, high) }

  /// From the system's source of random numbers: another one each time.
  public static func random() -> Self {
    var source = SystemRandomNumberGenerator()
    return Self(low: source.next(), high: source.next())
  }

  /// Bytes that a secret must have at least.
  public static let leastBytes = 16

  /// The same for the same secret; nil when that is too short. It is as hard to guess as the
  /// secret is.
  public init?(secret: [UInt8]) {
    guard secret.count >= Self.leastBytes else { return nil }
    low = Self(low: 0, high: 0).hash(secret)
    high = Self(low: 0, high: 1).hash(secret)
  }

  /// SipHash-2-4, a pseudorandom function: Aumasson and Bernstein, "SipHash: a fast short-input
  /// PRF", 2012.
  func hash(_ bytes: some Collection<UInt8>) -> UInt64 {
    var state = State(low, high)
    var word: UInt64 = 0
    var filled: UInt64 = 0
    for byte in bytes {
      word |= UInt64(byte) << (filled % 8 * 8)
      filled += 1
      if filled % 8 == 0 {
        state.take(word)
        word = 0
      }
    }
    state.take(word | filled << 56)
    return state.finish()
  }

  private struct State {
    var v0, v1, v2, v3: UInt64

    init(_ low: UInt64, _ high: UInt64) {
      v0 = low ^ 0x736f_6d65_7073_6575
      v1 = high ^ 0x646f_7261_6e64_6f6d
      v2 = low ^ 0x6c79_6765_6e65_7261
      v3 = high ^ 0x7465_6462_7974_6573
    }

    mutating func take(_ word: UInt64) {
      v3 ^= word
      for _ in 0..<2 { round() }
      v0 ^= word
    }

    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
      v0 &+= v1
      v1 = rotated(v1, 13) ^ v0
      v0 = rotated(v0, 32)
      v2 &+= v3
      v3 = rotated(v3, 16) ^ v2
      v0 &+= v3
      v3 = rotated(v3, 21) ^ v0
      v2 &+= v1
      v1 = rotated(v1, 17) ^ v2
      v2 = rotated(v2, 32)
    }

    private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
      word << bits | word >> (64 - bits)
    }
  }
}
