/// A state of the TCP machine, numbered as in `<netinet/tcp.h>`.
public struct TCPState: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: UInt8

  /// Nil for 0 (unknown) and for numbers that the kernel does not define.
  public init?(rawValue: UInt8) {
    guard rawValue > 0 && Int(rawValue) < Self.names.count else { return nil }
    self.rawValue = rawValue
  }

  /// Such as `CLOSE_WAIT`.
  public var description: String { Self.names[Int(rawValue)] }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  public static let established = Self(known: 1)
  public static let synSent = Self(known: 2)
  public static let finWait1 = Self(known: 4)
  public static let finWait2 = Self(known: 5)
  public static let close = Self(known: 7)
  public static let closeWait = Self(known: 8)
  public static let listen = Self(known: 10)

  private init(known: UInt8) { rawValue = known }

  private static let names = [
    "UNKNOWN", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
    "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV",
  ]
}
