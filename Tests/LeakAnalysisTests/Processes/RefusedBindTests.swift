import Glibc
import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Addresses that bind was refused")
struct RefusedBindTests {
  /// A socket of whose bind to port 80 the last that is known is `error`.
  private func told(
    _ error: Int32 = EADDRINUSE, call: String = "bind", kind: DescriptorKind = .tcp,
    _ change: (inout Descriptor) -> Void = { _ in }
  ) throws -> OpenDescriptor {
    var story = Scenario()
    story.process(to: 1000)
    story.open(3, at: 1, call: "socket", kind: kind) {
      $0.detail = DescriptorDetail()
      $0.detail?.local = .ipv4(address: 0, port: 80)
      $0.fail(call, error, at: 2)
      change(&$0)
    }
    return try #require(story.site().fds.first)
  }

  @Test(
    "A socket that was refused its address does not have it",
    arguments: [EADDRINUSE, EACCES, EADDRNOTAVAIL])
  func refused(error: Int32) throws {
    for state: TCPState? in [nil, .close] {
      let socket = try told(error) { $0.detail?.tcpState = state }
      #expect(socket.name == "0.0.0.0:80" && socket.local == nil && socket.state == "unbound")
    }
  }

  @Test("With other errors, or when something else came last, nobody knows")
  func unknown() throws {
    for socket in [
      try told(EINVAL), try told(ECONNREFUSED, call: "connect"),
      try told { $0.flags.insert(.listening) }, try told { $0.flags.insert(.connected) },
      try told { $0.detail?.tcpState = .established },
    ] {
      #expect(socket.local == "0.0.0.0:80" && socket.state != "unbound")
    }
  }

  @Test("A datagram socket that was looked at may have got an address since")
  func datagrams() throws {
    #expect(try told(kind: .udp).local == nil)
    #expect(try told(kind: .udp) { $0.detail?.checkedTicks = 5 }.local == "0.0.0.0:80")
  }

  @Test("A child that has it by fork is told the same")
  func inherited() throws {
    var story = Scenario()
    story.process(to: 1000)
    var socket = Descriptor(fd: 3)
    (socket.kind, socket.via, socket.detail) = (.tcp, .fork, DescriptorDetail())
    socket.detail?.local = .ipv4(address: 0, port: 80)
    socket.fail("bind", EADDRINUSE, at: 2)
    story.trace.processes[0].descriptors.append(socket)
    let found = try #require(story.findings.processes[0].inherited.first)
    #expect(found.name == "0.0.0.0:80" && found.local == nil && found.state == "unbound")
  }
}
