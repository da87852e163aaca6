import FDTrackFormat
import Testing

@testable import TraceModel

@Suite("Socket addresses")
struct AddressTests {
  @Test(
    "An address reads as people write it",
    arguments: [
      ([2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], "127.0.0.1:8080"),
      (
        [10, 0, 0, 80, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15) + [1, 0, 0, 0, 0], "[::1]:80"
      ),
      (
        [10, 0, 0, 80, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11)
          + [5, 2, 0, 0, 0], "[2001:db8::5%2]:80"
      ),
      (
        [10, 0, 0, 80, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 10)
          + [0xff, 0xff, 10, 0, 0, 1, 0, 0, 0, 0], "[::ffff:10.0.0.1]:80"
      ),
      ([1, 0], "unnamed"),
      ([1, 0, 0, 97, 98], "@ab"),
      ([1, 0, 47, 120, 0, 9], "/x"),
      ([16, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0], "netlink:7"),
      ([29, 0, 1, 2], "family 29"),
    ] as [([UInt8], String)])
  func text(bytes: [UInt8], expected: String) {
    let address = bytes.withUnsafeBytes { SocketAddress(sockaddr: $0, text: nil) }
    #expect(address?.description == expected)
  }

  @Test("Too few bytes for the family do not make an address", arguments: [0, 1, 7])
  func short(size: Int) {
    let bytes: [UInt8] = [2, 0, 0x1f, 0x90, 127, 0, 0, 1]
    let address = bytes.prefix(size).withUnsafeBytes { SocketAddress(sockaddr: $0, text: nil) }
    #expect(address == nil || address == .other(family: 2))
  }

  @Test("TCP states carry the kernel's names, unknown numbers none")
  func tcpStates() {
    #expect(TCPState(rawValue: 1)?.description == "ESTABLISHED")
    #expect(TCPState(rawValue: 8)?.description == "CLOSE_WAIT")
    #expect(TCPState(rawValue: 0) == nil && TCPState(rawValue: 13) == nil)
  }

  @Test("A unix socket's name comes with its state")
  func unixDetail() throws {
    var builder = TraceBuilder()
    var detail = TraceBuilder.detail(path: "\0name")
    detail.form = UInt8(FDT_TEXT_SUN.rawValue)
    detail.ends = UInt8(FDT_UNIX_ABSTRACT.rawValue)
    detail.local_size = 2
    detail.local.0 = 1
    let block = builder.block([4: TraceBuilder.live(kind: FDT_KIND_UNIX)], details: [4: detail])
    builder.process(0) { $0.direct.0 = block }
    let read = try #require(try builder.read().processes[0].descriptors.first?.detail)
    #expect(read.text == "@name" && read.local?.description == "@name")
    #expect(read.unixState == .abstract && read.isOtherEndOpen == nil)
  }

  @Test(
    "Beside the state of its name a unix socket has that of its other end",
    arguments: [(FDT_OTHER_END_OPEN, true), (FDT_OTHER_END_GONE, false)])
  func otherEnd(state: fdt_other_end, isOpen: Bool) throws {
    var builder = TraceBuilder()
    var detail = TraceBuilder.detail(path: "")
    detail.ends = UInt8(FDT_UNIX_UNNAMED.rawValue | state.rawValue)
    let block = builder.block([4: TraceBuilder.live(kind: FDT_KIND_UNIX)], details: [4: detail])
    builder.process(0) { $0.direct.0 = block }
    let read = try #require(try builder.read().processes[0].descriptors.first?.detail)
    #expect(read.unixState == .unnamed && read.isOtherEndOpen == isOpen)
  }
}
