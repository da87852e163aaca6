import Foundation
import Testing

@Suite("A helper program that keeps its parent's listener")
struct InheritanceTests {
  enum Way: String, CaseIterable, Sendable {
    case system, spawn, popen, fork

    /// From the parent to the helper: the shell of system() and popen() is a
    /// program of its own, which forks once more for `&`, or becomes the helper.
    var descent: [String] {
      switch self {
      case .system: ["start", "spawn", "fork", "exec"]
      case .spawn: ["start", "spawn"]
      case .popen: ["start", "spawn", "exec"]
      case .fork: ["start", "fork", "exec"]
      }
    }
  }

  private func withHelper(
    _ way: Way, cloexec: Bool, _ look: (_ trace: String, _ port: Int, _ helper: Int) throws -> Void
  ) throws {
    try withHelperProgram(
      way.rawValue, helper: "inherit_child", parent: cloexec ? "cloexec" : "keep", look)
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

  @Test("The audit says that the port is busy for no other reason", arguments: Way.allCases)
  func audited(way: Way) throws {
    try withHelper(way, cloexec: false) { trace, port, pid in
      let report = try report(on: trace)
      let kept = try #require(report.inheritance.first { $0.holder.pid == pid })
      #expect(kept.listening && kept.local == "127.0.0.1:\(port)" && kept.keepsAddressBusy)
      #expect(kept.holder.program == "inherit_child" && kept.holder.life == "running")
      let process = try report.process(pid: pid)
      #expect(kept.holder.traced == true && kept.holder.process == process.id)
      #expect(kept.opener.program == "inherit_parent" && kept.opener.life == "ended")
      let marker = way == .fork ? "exec" : way.rawValue
      let start = try Project.line(of: "START: \(marker)", in: "inherit_parent.c")
      #expect(kept.started.place == "inherit_parent.c:\(start)")
      #expect(kept.started.argv?.isEmpty == false && kept.handles.map(\.cause) == ["never_cloexec"])
      // The shell of system() has it for as long as it lives; that of popen() becomes the helper.
      let others = report.inheritance.filter { $0.holder.pid != pid }
      #expect(others.allSatisfy { $0.holder.life == "ended" && !$0.keepsAddressBusy })
      #expect(others.isEmpty == (way != .system))
      let text = try run([Project.reporter, trace]).output.replacing(/\s+/, with: " ")
      #expect(text.contains("The port is busy for no other reason."))
      #expect(text.contains("Use SOCK_CLOEXEC in socket() in open_listener at inherit_parent.c"))
    }
  }

  @Test("A parent that was killed has ended as well, though nothing recorded that")
  func killed() throws {
    try withHelperProgram("spawn", helper: "inherit_child", parent: "killed") { trace, port, pid in
      let report = try report(on: trace)
      #expect(report.processes[0].end.kind == "unknown")
      let kept = try #require(report.inheritance.first { $0.listening })
      #expect(kept.holder.pid == pid && kept.opener.life == "ended" && kept.keepsAddressBusy)
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

  @Test(
    "A helper that ends before the opener of its listener kept nothing busy",
    arguments: [Way.spawn, .popen, .fork])
  func endedFirst(way: Way) throws {
    try withScratch { folder in
      let parent = try Project.fixture("inherit_parent")
      let outcome = try run(
        [
          Project.runner, "run", "--", parent, way.rawValue, "waits", "/bin/echo", folder + "/gate",
        ],
        folder: folder)
      #expect(outcome.errors.hasPrefix("No leak"), "\(outcome.errors)")
      #expect(!outcome.errors.contains("1 listener:"), "\(outcome.errors)")
      #expect(outcome.errors.contains("Kept by started programs"), "\(outcome.errors)")
    }
  }
}
