import Testing

@Suite("A retry loop on a busy port")
struct RetryLoopTests {
  @Test("The one that comes second leaks a socket at each try")
  func second() throws {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")

      let (outcome, report) = try track("retry_bind", [port, "40"], in: folder)
      #expect(outcome.output == "busy\n")
      #expect(outcome.status == .exit(1))

      let site = try report.site(at: "LEAK: retry", in: "retry_bind.c")
      #expect(site.functions.prefix(4) == ["claim_port", "on_tick", "run_timer", "main"])
      #expect(site.verdict == "leak")
      #expect(site.api == "socket")
      #expect(site.kind == "tcp")
      #expect(site.opened == 40)
      #expect(site.closed == 0)
      #expect(site.live == 40)
      #expect(site.peak == 40)
      #expect(site.fds.map(\.fd) == Array(3..<43))
      // What it wanted is told, and not as what it has.
      #expect(
        site.fds.allSatisfy {
          $0.name == "127.0.0.1:\(port)" && $0.local == nil && $0.state == "unbound"
        })
      #expect(report.sites.count == 1)
      #expect(report.processes.map(\.end) == [Report.End(kind: "exit", code: 1)])
      #expect(report.processes.map(\.openAtEnd) == [40])

      let cause = try #require(site.cause)
      #expect(cause.api == "bind")
      #expect(cause.errorName == "EADDRINUSE")
      let line = try Project.line(of: "CAUSE: busy", in: "retry_bind.c")
      #expect(cause.stack.first?.isAt(line, of: "retry_bind.c") == true)

      owner.closeInput()
      #expect(try owner.wait().status == .exit(0))
    }
  }

  @Test("The one that comes first leaks nothing, whatever the other one does")
  func first() throws {
    try withScratch { folder in
      let owner = try launchTracked("retry_bind", ["0", "1"], in: folder)
      let port = try owner.readLine(after: "listening ")
      let second = try run([try Project.fixture("retry_bind"), port, "10"])
      #expect(second.output == "busy\n")
      owner.closeInput()
      #expect(try owner.wait().status == .exit(0))

      let report = try report(on: folder + "/trace.bin", ["--all"])
      let site = try report.site(at: "LEAK: retry", in: "retry_bind.c")
      #expect(site.verdict == "clean")
      #expect(site.opened == 1)
      #expect(site.closed == 1)
      #expect(site.live == 0)
    }
  }

  @Test("A trace that is read while its program runs shows what is open now")
  func running() throws {
    try withScratch { folder in
      let owner = try launchTracked("retry_bind", ["0", "1"], in: folder)
      let port = try owner.readLine(after: "listening ")

      let report = try report(on: folder + "/trace.bin", ["--all"])
      let site = try report.site(at: "LEAK: retry", in: "retry_bind.c")
      #expect(site.live == 1)
      #expect(site.verdict != "leak")
      #expect(report.processes.map(\.end.kind) == ["running"])
      #expect(report.processes.map(\.pid) == [Int(owner.pid)])

      #expect(try isServed(port: try #require(Int(port))))
      owner.closeInput()
      #expect(try owner.wait().status == .exit(0))
    }
  }
}
