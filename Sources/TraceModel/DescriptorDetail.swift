/// The cold part of a descriptor: names, addresses, and what a snapshot saw.
public struct DescriptorDetail: Equatable, Sendable {
  /// What the text is (`enum fdt_text_form`).
  public enum Form: Equatable, Sendable {
    case none
    /// As the program passed it, perhaps relative.
    case path
    /// As `/proc/self/fd` showed it: in a snapshot, or when it came from elsewhere.
    case link
    /// `sun_path` of a unix socket.
    case unixPath
  }

  /// `enum fdt_unix_state`; the raw value is the name used in JSON.
  public enum UnixState: String, Equatable, Sendable {
    case unnamed, bound, unlinked, abstract
  }

  public internal(set) var form: Form = .none
  /// The path or link; an abstract socket's name starts with `@`. Bytes that
  /// are not UTF-8 are replaced. Nil when there is none.
  public internal(set) var text: String?
  /// True when the text was longer than what is kept.
  public internal(set) var isCut = false
  public internal(set) var tcpState: TCPState?
  /// In CLOSE_WAIT: how long before `checkedTicks` the peer closed its end, at least. Nil when
  /// nobody asked.
  public internal(set) var peerClosedNs: UInt64?
  public internal(set) var unixState: UnixState?
  /// Of a connected unix stream or a pipe: whether anybody had its other end at `checkedTicks`.
  /// Nil when nobody asked.
  public internal(set) var isOtherEndOpen: Bool?
  public internal(set) var local: SocketAddress?
  public internal(set) var remote: SocketAddress?
  public internal(set) var inode: UInt64?
  /// When a snapshot looked at it; nil when none did.
  public internal(set) var checkedTicks: UInt64?
}
