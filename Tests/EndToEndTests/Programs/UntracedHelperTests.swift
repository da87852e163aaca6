import Foundation
import Testing

@Suite("A helper program that is not traced and keeps its parent's listener")
struct UntracedHelperTests {
  /// How it is started, and what the trace has in its place.
  struct Case: CustomTestStringConvertible, Sendable {
    var way: String
    var helper: String
    var starter: String
    var marker: String?
    /// The call that goes into the program without a trace.
    var testDescription: String { "\(way) of \(helper)" }
  }

  static let cases = [
    Case(
      way: "spawn", helper: "inherit_child_static", starter: "posix_spawn", marker: "START: spawn"),
    Case(
      way: "system", helper: "inherit_child_static", starter: "system", marker: "START: system"),
    Case(way: "popen", helper: "inherit_child_static", starter: "popen", marker: "START: popen"),
    Case(way: "fork", helper: "inherit_child_static", starter: "execve", marker: "START: exec"),
    Case(way: "cleared", helper: "inherit_child", starter: "execve", marker: "START: exec"),
  ]

  @Test(
    "It is in the table from its parent's side, with port, opener and who started it",
    arguments: cases)
  func kept(of: Case) throws {
    try withHelperProgram(of.way, helper: of.helper, parent: "keep") { trace, port, pid in
      #expect(try isServed(port: port))
      let report = try report(on: trace)
      let listeners = report.inheritance.filter { $0.listening && $0.holder.traced == false }
      #expect(listeners.count == 1)
      let kept = try #require(listeners.first)
      // Of a spawn by system() or popen() the shell is traced, and forks or execs.
      #expect(kept.holder.pid == pid)
      #expect(kept.local == "127.0.0.1:\(port)")
      let line = try Project.line(of: "LEAK: listener", in: "inherit_parent.c")
      #expect(kept.opened.place == "inherit_parent.c:\(line)")
      #expect(kept.opener.life == "ended" && kept.opener.program == "inherit_parent")
      #expect(kept.keepsAddressBusy && kept.holder.life == "running")
      #expect(kept.handles.map(\.cause) == ["never_cloexec"])
      #expect(kept.started.api == of.starter)
      #expect(kept.holder.program == of.helper)
      if let marker = of.marker {
        let start = try Project.line(of: marker, in: "inherit_parent.c")
        #expect(kept.started.place == "inherit_parent.c:\(start)")
      }
      let text = try run([Project.reporter, trace]).output.replacing(/\s+/, with: " ")
      #expect(text.contains("which is not traced, holds tcp 127.0.0.1:\(port), listening"))
      #expect(text.contains("The port is busy for no other reason."))
    }
  }

  @Test("With close-on-exec it has nothing, and nothing is told", arguments: cases)
  func closed(of: Case) throws {
    try withHelperProgram(of.way, helper: of.helper, parent: "cloexec") { trace, port, pid in
      #expect(try !isServed(port: port))
      let report = try report(on: trace)
      #expect(report.inheritance.allSatisfy { !$0.listening })
    }
  }
}
