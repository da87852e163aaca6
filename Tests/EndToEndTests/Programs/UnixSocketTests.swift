import Testing

@Suite("Unix sockets")
struct UnixSocketTests {
  @Test("A socket whose path was unlinked is told from one with an abstract name")
  func names() throws {
    try withScratch { folder in
      let path = folder + "/socket"
      let (outcome, report) = try track("unix_leak", ["serve", path, "8"], in: folder)
      #expect(outcome.status == .exit(0))

      let unlinked = try report.site(at: "LEAK: unlinked", in: "unix_leak.c")
      #expect(unlinked.functions.prefix(2) == ["reload_at_path", "main"])
      #expect(unlinked.kind == "unix")
      #expect(unlinked.live == 8)
      #expect(unlinked.verdict == "leak")
      #expect(unlinked.fds.allSatisfy { $0.state == "unlinked" && $0.name?.contains(path) == true })

      let abstract = try report.site(at: "LEAK: abstract", in: "unix_leak.c")
      #expect(abstract.functions.prefix(2) == ["reload_abstract", "main"])
      #expect(abstract.live == 8)
      #expect(abstract.verdict == "leak")
      let pid = report.processes[0].pid
      #expect(abstract.fds.allSatisfy { $0.state == "abstract" })
      for (round, descriptor) in abstract.fds.enumerated() {
        #expect(descriptor.name?.contains("@fdtrack-fixture-\(pid)-\(round)") == true)
      }
    }
  }

  @Test("Sockets whose path another one has taken over are a leak, however fast that went")
  func takenOver() throws {
    try withScratch { folder in
      let (outcome, report) = try track(
        "unix_leak", ["rebind", folder + "/socket", "8"], in: folder)
      #expect(outcome.status == .exit(0))
      let site = try report.site(at: "LEAK: taken over", in: "unix_leak.c")
      #expect(site.live == 8 && site.verdict == "leak")
      #expect(site.fds.allSatisfy { $0.state == "bound" })
    }
  }

  @Test("Of connections that outlive their server the report says that it is gone")
  func peersGone() throws {
    try withScratch { folder in
      let (outcome, report) = try track(
        "unix_leak", ["clients", folder + "/socket", "8"], in: folder)
      #expect(outcome.status == .exit(0))
      let site = try report.site(at: "LEAK: client", in: "unix_leak.c")
      #expect(site.live == 8 && site.verdict == "leak")
      #expect(
        site.reasons.contains {
          $0.text == "The other end of all 8 had gone by the end; since when is not known."
        })
      // Their clients were there when the server ended without a word to them.
      let accepted = try report.site(at: "KEPT: accepted", in: "unix_leak.c")
      #expect(accepted.reasons.map(\.code) == ["peer_connected"])
    }
  }

  @Test("A forked child that keeps its parent's socket is named, and so is the parent's line")
  func forked() throws {
    try withScratch { folder in
      let path = folder + "/socket"
      let server = try launchTracked("unix_leak", ["fork", path], in: folder)
      let worker = try #require(Int(try server.readLine(after: "worker ")))
      #expect(try server.wait().status == .exit(0))

      let report = try report(on: folder + "/trace.bin", ["--all"])
      let site = try report.site(at: "LEAK: shared", in: "unix_leak.c")
      #expect(site.functions.prefix(2) == ["open_shared", "main"])
      let child = try report.process(pid: worker)
      #expect(child.how == "fork")
      #expect(child.parent == report.processes[0].id)
      #expect(child.openAtEnd == 1)
      let kept = try #require(child.inherited.first { $0.fd > 2 })
      #expect(kept.kind == "unix")
      #expect(kept.via == "fork")
      #expect(kept.site == site.id)
      #expect(kept.openedBy == report.processes[0].id)
      #expect(kept.name?.contains(path) == true)
      server.closeInput()
    }
  }
}
