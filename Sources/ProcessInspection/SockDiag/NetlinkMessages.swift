import LinuxCalls

/// Why bytes cannot be read as netlink messages. Offsets are bytes from the start of what was
/// received.
enum NetlinkError: Error, Equatable {
  /// `need` bytes belong at `offset`, of which `have` are there.
  case truncated(offset: Int, need: Int, have: Int)
  /// A length that does not even cover its own header.
  case badLength(offset: Int, length: Int)
}

/// Bytes of which each load is checked. Offsets are relative to `base`'s start, errors absolute.
struct NetlinkBytes {
  private let bytes: [UInt8]
  private let range: Range<Int>

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    range = bytes.indices
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  var count: Int { range.count }
  /// Bytes from the start of what was received.
  var offset: Int { range.lowerBound }

  func slice(at offset: Int, count: Int) throws(NetlinkError) -> NetlinkBytes {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw .truncated(
        offset: range.lowerBound + max(0, offset), need: count, have: max(0, self.count - offset))
    }
    let start = range.lowerBound + offset
    return NetlinkBytes(bytes, start..<start + count)
  }

  func rest(at offset: Int) throws(NetlinkError) -> NetlinkBytes {
    try slice(at: offset, count: max(0, count - offset))
  }

  /// A C struct or an integer in the byte order of this machine.
  func load<Value: BitwiseCopyable>(
    _ type: Value.Type, at offset: Int = 0
  ) throws(NetlinkError) -> Value {
    let size = MemoryLayout<Value>.size
    let place = try slice(at: offset, count: size)
    return bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: place.range.lowerBound, as: Value.self)
    }
  }

  var array: [UInt8] { Array(bytes[range]) }
}

/// One message of netlink(7).
struct NetlinkMessage {
  var type: UInt16
  var flags: UInt16
  var sequence: UInt32
  var payload: NetlinkBytes

  private static let headerSize = MemoryLayout<nlmsghdr>.size

  /// Calls `body` with each message in the order of their bytes, as long as it returns true.
  static func forEach(
    in received: NetlinkBytes, _ body: (NetlinkMessage) throws(NetlinkError) -> Bool
  ) throws(NetlinkError) {
    var offset = 0
    while offset < received.count {
      let header = try received.load(nlmsghdr.self, at: offset)
      let length = Int(header.nlmsg_len)
      guard length >= headerSize else {
        throw .badLength(offset: received.offset + offset, length: length)
      }
      let message = try received.slice(at: offset, count: length)
      let goesOn = try body(
        NetlinkMessage(
          type: header.nlmsg_type, flags: header.nlmsg_flags, sequence: header.nlmsg_seq,
          payload: message.rest(at: headerSize)))
      guard goesOn else { return }
      offset += aligned(length)
    }
  }

  /// NLMSG_ALIGN.
  private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
}

/// One attribute of a message (`struct rtattr`).
struct NetlinkAttribute {
  var type: Int
  var value: NetlinkBytes

  private static let headerSize = MemoryLayout<rtattr>.size
  /// Without the bits that say how it is encoded (NLA_TYPE_MASK).
  private static let typeMask: UInt16 = 0x3fff

  static func all(in bytes: NetlinkBytes) throws(NetlinkError) -> [NetlinkAttribute] {
    var attributes: [NetlinkAttribute] = []
    var offset = 0
    // What is shorter than a header is padding.
    while bytes.count - offset >= headerSize {
      let header = try bytes.load(rtattr.self, at: offset)
      let length = Int(header.rta_len)
      guard length >= headerSize else {
        throw .badLength(offset: bytes.offset + offset, length: length)
      }
      attributes.append(
        NetlinkAttribute(
          type: Int(header.rta_type & typeMask),
          value: try bytes.slice(at: offset + headerSize, count: length - headerSize)))
      offset += (length + 3) & ~3
    }
    return attributes
  }
}
