import Foundation
import Testing

@Suite("What a process that still runs opened and closed unseen") struct LiveTableTests {
  private func told(_ target: Launched, _ commands: String...) throws {
    for command in commands {
      try target.write(command + "\n")
      #expect(try target.readLine() == "done")
    }
  }

  private func withTarget(_ body: (_ target: Launched, _ trace: String) throws -> Void) throws {
    try withScratch { folder in
      let target = try launchTracked("leaks_on_demand", in: folder)
      _ = try target.readLine(after: "ready ")
      try body(target, folder + "/trace.bin")
    }
  }

  @Test("The kernel is asked for it when the report is made, and it is no leak that was not seen")
  func unseen() throws {
    try withTarget { target, trace in
      try told(target, "c 3")
      #expect(try run([Project.reporter, trace]).output.hasPrefix("No leak so far."))
      #expect(try report(on: trace).trace.coverage.unseen == 0)

      try told(target, "u 4")
      let outcome = try run([Project.reporter, trace])
      #expect(outcome.output.hasPrefix("No leak in what was seen"), "\(outcome.output)")
      let process = try #require(try report(on: trace).processes.first)
      #expect(process.unseen.map(\.name) == Array(repeating: "/dev/zero", count: 4))
      #expect(process.unseen.allSatisfy { $0.kind == "file" })
      target.closeInput()
      #expect(try target.wait().status == .exit(0))
      #expect(try report(on: trace).trace.coverage.unseen == 4, "as its own snapshot tells")
    }
  }

  @Test("The kernel is asked also of a program none of whose calls was seen")
  func silent() throws {
    try withTarget { target, trace in
      try told(target, "u 4")
      let outcome = try run([Project.reporter, trace])
      #expect(outcome.output.hasPrefix("No leak in what was seen"), "\(outcome.output)")
      let process = try #require(try report(on: trace).processes.first)
      #expect(process.unseen.map(\.name) == Array(repeating: "/dev/zero", count: 4))
      let watched = try run([Project.runner, "watch", trace, "--count", "1"])
      // With standard input, output and error.
      #expect(watched.output.contains("): 7 fds of "), "\(watched.output)")
    }
  }

  @Test("What was closed unseen is open no more")
  func vanished() throws {
    try withTarget { target, trace in
      try told(target, "f 5", "v 2")
      let report = try report(on: trace)
      let site = try report.site(at: "LEAK: file", in: "leaks_on_demand.c")
      #expect(site.live == 3)
      #expect(report.trace.coverage.vanished == 2)
    }
  }
}
