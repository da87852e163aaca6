import Testing

@Suite("The error paths of a client")
struct ClientErrorTests {
  static let rounds = 6

  /// Runs the client under the shim against its peer, which hangs up on all
  /// connections before the client ends.
  private func reportOnClient(in folder: String) throws -> Report {
    let peer = try Launched([try Project.fixture("tcp_peer")])
    let ports = try peer.readLine(after: "ports ").split(separator: " ").map(String.init)
    let client = try launchTracked("client_errors", ports + ["\(Self.rounds)"], in: folder)
    #expect(try client.readLine() == "done")
    peer.closeInput()
    #expect(try peer.wait().status == .exit(0))
    client.closeInput()
    #expect(try client.wait().status == .exit(0))
    return try report(on: folder + "/trace.bin", ["--all"])
  }

  struct Path: Sendable, CustomTestStringConvertible {
    let marker: String
    let function: String
    let state: String
    var testDescription: String { function }
  }
  static let paths = [
    Path(
      marker: "refused", function: "request_refused", state: "CLOSE"),
    Path(
      marker: "unsent", function: "request_unsent", state: "CLOSE"),
    Path(
      marker: "reset", function: "request_reset", state: "CLOSE"),
    Path(
      marker: "unanswered", function: "request_unanswered", state: "CLOSE_WAIT"),
    Path(
      marker: "silent", function: "request_silent", state: "CLOSE_WAIT"),
  ]

  @Test("Each path that forgets to close is a leak of its own, found at its line", arguments: paths)
  func leaks(path: Path) throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "LEAK: " + path.marker, in: "client_errors.c", depth: 1)
      #expect(site.functions.prefix(3) == ["new_socket", path.function, "main"])
      #expect(site.verdict == "leak")
      #expect(site.opened == Self.rounds)
      #expect(site.closed == 0)
      #expect(site.live == Self.rounds)
      #expect(site.fds.allSatisfy { $0.state == path.state }, "\(site.fds.map(\.state))")
    }
  }

  @Test("An error that only SO_ERROR told of is the connection's, not getsockopt's")
  func outcome() throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "LEAK: reset", in: "client_errors.c", depth: 1)
      let cause = try #require(site.cause)
      #expect(cause.api == "getsockopt")
      #expect(cause.errorName == "ECONNRESET")
      let line = try Project.line(of: "CAUSE: reset", in: "client_errors.c")
      #expect(cause.stack.first?.isAt(line, of: "client_errors.c") == true)
      let text = try #require(site.reasons.first?.text)
      #expect(text.contains("its connection failed with ECONNRESET, as getsockopt(SO_ERROR) told"))
    }
  }

  @Test("The failed connect is told as the cause, with its line")
  func cause() throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "LEAK: refused", in: "client_errors.c", depth: 1)
      let cause = try #require(site.cause)
      #expect(cause.api == "connect")
      #expect(cause.errorName == "ECONNREFUSED")
      let line = try Project.line(of: "CAUSE: refused", in: "client_errors.c")
      #expect(cause.stack.first?.isAt(line, of: "client_errors.c") == true)
    }
  }

  @Test("A wait that the client's timeout ended is told as the cause, with its line")
  func timeout() throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "LEAK: unanswered", in: "client_errors.c", depth: 1)
      let cause = try #require(site.cause)
      #expect(cause.api == "recv" && cause.errorName == "EAGAIN")
      let line = try Project.line(of: "CAUSE: unanswered", in: "client_errors.c")
      #expect(cause.stack.first?.isAt(line, of: "client_errors.c") == true)
    }
  }

  @Test("A poll that timed out in a function of its own is told with who called that")
  func callers() throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "LEAK: silent", in: "client_errors.c", depth: 1)
      let (line, caller) = (
        try Project.line(of: "CAUSE: silent", in: "client_errors.c"),
        try Project.line(of: "CALLER: silent", in: "client_errors.c")
      )
      let advice = try #require(site.advice.first)
      #expect(
        advice.hasPrefix(
          "Call close() when poll() times out, in wait_for_answer at client_errors.c:\(line), called"
            + " by request_silent at client_errors.c:\(caller)"))
    }
  }

  @Test("The path that closes is clean, and no other site leaks")
  func good() throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "CLEAN: good", in: "client_errors.c", depth: 1)
      #expect(site.verdict == "clean")
      #expect(site.opened == Self.rounds)
      #expect(site.closed == Self.rounds)
      #expect(report.sites(of: "leak").count == Self.paths.count)
      let opened = try Project.line(of: "OPEN: request", in: "client_errors.c")
      for leak in report.sites(of: "leak") {
        #expect(leak.stack[0].isAt(opened, of: "client_errors.c"))
      }
    }
  }

  @Test("A connection that the peer has left shows both its addresses")
  func addresses() throws {
    try withScratch { folder in
      let report = try reportOnClient(in: folder)
      let site = try report.site(at: "LEAK: unanswered", in: "client_errors.c", depth: 1)
      for descriptor in site.fds {
        #expect(descriptor.local?.hasPrefix("127.0.0.1:") == true)
        #expect(descriptor.remote?.hasPrefix("127.0.0.1:") == true)
        #expect(descriptor.local != descriptor.remote)
      }
    }
  }
}
