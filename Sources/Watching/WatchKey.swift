/// A key that was pressed, as far as the screen knows keys.
public enum WatchKey: Equatable, Sendable {
  case up, down, pageUp, pageDown, home, end, enter, escape
  case character(Character)
}

/// Makes keys of the bytes that a terminal sends: ASCII, and the sequences of ECMA-48 in which
/// the arrows and their like come. What it does not know is dropped whole.
public struct WatchKeyDecoder: Sendable {
  private var pending: [UInt8] = []
  /// No sequence is longer; more is noise.
  private static let longest = 16

  public init() {}

  /// An ESC came and nothing after it: the key itself, when no more follows soon.
  public var isWaiting: Bool { !pending.isEmpty }

  /// The keys that bytes complete, with what was left of those before.
  public mutating func decode(_ bytes: some Sequence<UInt8>) -> [WatchKey] {
    var keys: [WatchKey] = []
    for byte in bytes {
      pending.append(byte)
      if let key = take() { keys.append(key) }
      if pending.count > Self.longest { pending = [] }
    }
    return keys
  }

  /// Takes what is there for complete.
  public mutating func flush() -> WatchKey? {
    defer { pending = [] }
    return pending == [Self.escape] ? .escape : nil
  }

  private static let escape: UInt8 = 0x1b

  private mutating func take() -> WatchKey? {
    guard pending.first == Self.escape else {
      defer { pending = [] }
      return pending.first.flatMap(Self.key(of:))
    }
    guard pending.count > 1 else { return nil }
    guard pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
      // ESC twice, or a key with Alt, is ESC and that key.
      pending.removeFirst()
      if pending == [Self.escape] { return .escape }
      pending = []
      return nil
    }
    guard pending.count > 2, let last = pending.last, (0x40...0x7e).contains(last) else {
      return nil
    }
    defer { pending = [] }
    return Self.key(ofSequence: pending[2...])
  }

  private static func key(of byte: UInt8) -> WatchKey? {
    switch byte {
    case UInt8(ascii: "\r"), UInt8(ascii: "\n"): .enter
    case 0x20...0x7e: .character(Character(Unicode.Scalar(byte)))
    default: nil
    }
  }

  private static func key(ofSequence bytes: ArraySlice<UInt8>) -> WatchKey? {
    switch String(decoding: bytes, as: UTF8.self) {
    case "A": .up
    case "B": .down
    case "5~": .pageUp
    case "6~": .pageDown
    case "H", "1~", "7~": .home
    case "F", "4~", "8~": .end
    case "M": .enter
    default: nil
    }
  }
}
