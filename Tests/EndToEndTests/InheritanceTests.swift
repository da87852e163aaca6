import Foundation
import Testing

@Suite("A helper program that keeps its parent's listener")
struct InheritanceTests {
  enum Way: String, CaseIterable, Sendable {
    case system, spawn, popen

    /// From the parent to the helper: the shell of system() and popen() is a
    /// program of its own, which forks once more for `&`, or becomes the helper.
    var descent: [String] {
      switch self {
      case .system: ["start", "spawn", "fork", "exec"]
      case .spawn: ["start", "spawn"]
      case .popen: ["start", "spawn", "exec"]
      }
    }
  }

  /// Parent and helper under the shim. `look` runs while the parent is gone and
  /// the helper still there; the helper ends afterwards.
  private func withHelper(
    _ way: Way, cloexec: Bool, _ look: (_ trace: String, _ port: Int, _ helper: Int) throws -> Void
  ) throws {
    try withScratch { folder in
      let gate = folder + "/gate"
      try #require(mkfifo(gate, 0o600) == 0)
      let parent = try launchTracked(
        "inherit_parent",
        [
          way.rawValue, cloexec ? "cloexec" : "keep", try Project.fixture("inherit_child"), gate,
        ], in: folder)
      let port = try #require(Int(try parent.readLine(after: "listening ")))
      let helper = try #require(Int(try parent.readLine(after: "child ")))
      #expect(try parent.wait().status == .exit(0))
      try waitUntilWaiting(pid: helper)
      try look(folder + "/trace.bin", port, helper)

      let opened = open(gate, O_WRONLY | O_CLOEXEC)
      try #require(opened >= 0)
      close(opened)
      try waitUntilGone(pid: helper)
    }
  }

  /// Waits until the helper sleeps in its open of the gate.
  private func waitUntilWaiting(pid: Int) throws {
    let deadline = Date() + Launched.patience
    while true {
      let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
      if stat.split(separator: ")").last?.hasPrefix(" S") == true { return }
      guard Date() < deadline else { throw TestFailure("\(pid) does not wait: \(stat)") }
      usleep(10_000)
    }
  }

  private func waitUntilGone(pid: Int) throws {
    let deadline = Date() + Launched.patience
    while true {
      let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
      if stat.isEmpty || stat.split(separator: ")").last?.hasPrefix(" Z") == true { return }
      guard Date() < deadline else { throw TestFailure("\(pid) does not end") }
      usleep(10_000)
    }
  }

  @Test(
    "The report names the helper, the port, and the line that opened the listener",
    arguments: Way.allCases)
  func kept(way: Way) throws {
    try withHelper(way, cloexec: false) { trace, port, pid in
      #expect(try isServed(port: port))
      let report = try report(on: trace)
      let helper = try report.process(pid: pid)
      #expect(helper.end.kind == "running")
      #expect(helper.exe?.hasSuffix("/inherit_child") == true)
      #expect(try report.descent(of: helper) == way.descent)
      #expect(helper.openAtEnd >= 2)

      let parent = try report.process(id: report.processes[0].id)
      #expect(parent.how == "start")
      #expect(parent.end == Report.End(kind: "exit", code: 0))
      let listener = try report.site(at: "LEAK: listener", in: "inherit_parent.c")
      let log = try report.site(at: "LEAK: log", in: "inherit_parent.c")
      #expect(listener.functions.prefix(2) == ["open_listener", "main"])
      let kept = helper.inherited.filter { $0.openedBy == parent.id }
      #expect(kept.map(\.site).contains(listener.id))
      #expect(kept.map(\.site).contains(log.id))
      let socket = try #require(kept.first { $0.site == listener.id })
      #expect(socket.kind == "tcp")
      #expect(socket.via == "exec")
      #expect(socket.name?.contains(":\(port)") == true, "\(socket)")
    }
  }

  @Test("The text says which descriptors needed close-on-exec", arguments: Way.allCases)
  func explained(way: Way) throws {
    try withHelper(way, cloexec: false) { trace, port, pid in
      let text = try run([Project.reporter, trace]).output
      #expect(text.contains("\(pid)"))
      #expect(text.contains(":\(port)"))
      #expect(text.contains("SOCK_CLOEXEC"))
      let line = try Project.line(of: "LEAK: listener", in: "inherit_parent.c")
      #expect(text.contains("inherit_parent.c:\(line)"))
    }
  }

  @Test("With close-on-exec the helper has nothing of its parent", arguments: Way.allCases)
  func closed(way: Way) throws {
    try withHelper(way, cloexec: true) { trace, port, pid in
      #expect(try !isServed(port: port))
      let report = try report(on: trace)
      let helper = try report.process(pid: pid)
      let parent = report.processes[0]
      #expect(helper.inherited.filter { $0.openedBy == parent.id && $0.fd > 2 }.isEmpty)
      #expect(report.sites(of: "leak").isEmpty)
      let text = try run([Project.reporter, trace]).output
      #expect(!text.contains("SOCK_CLOEXEC"))
    }
  }

  @Test("Keeping the standard streams is not a finding")
  func standardStreams() throws {
    try withHelper(.spawn, cloexec: true) { trace, _, pid in
      let report = try report(on: trace)
      let helper = try report.process(pid: pid)
      #expect(helper.openAtEnd == 0)
      #expect(report.sites(of: "leak").isEmpty)
      #expect(report.misuse.isEmpty)
    }
  }
}
