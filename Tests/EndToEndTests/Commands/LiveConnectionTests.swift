import Foundation
import Testing

@Suite("Connections of a server that still runs")
struct LiveConnectionTests {
  /// Of one line, wherever it was broken.
  private static func text(on trace: String) throws -> String {
    let outcome = try run([Project.reporter, trace])
    #expect(outcome.status == .exit(0))
    return outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func states(_ site: Report.Site) -> [String: Int] {
    site.fds.reduce(into: [:]) { $0[$1.state ?? "unknown", default: 0] += 1 }
  }

  @Test("Whose clients have gone the kernel tells while it runs, and nobody once it was killed")
  func clients() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let server = try launchTracked("keeps_accepted", ["5"], in: folder)
      #expect(try server.readLine() == "ready")

      let running = try report(on: trace)
      let site = try running.site(at: "LEAK: accepted", in: "keeps_accepted.c")
      #expect(Self.states(site) == ["CLOSE_WAIT": 5, "ESTABLISHED": 1])
      // They may be served still.
      #expect(site.verdict == "suspect")
      let text = try Self.text(on: trace)
      #expect(text.contains("CLOSE_WAIT"))
      #expect(text.contains("The client of 1 is still connected, and 5 more left in the last"))
      // With the listener, and the socket of the client that stays.
      #expect(text.contains("The states of 8 tcp sockets are those that the kernel tells now."))

      server.send(SIGKILL)
      #expect(try server.wait().status == .signal(SIGKILL))
      let killed = try report(on: trace).site(at: "LEAK: accepted", in: "keeps_accepted.c")
      #expect(Self.states(killed) == ["unknown": 6])
      #expect(try !Self.text(on: trace).contains("the kernel tells now"))
    }
  }

  @Test("Of the copy of a trace nothing is asked, as its processes may be of elsewhere")
  func elsewhere() throws {
    try withScratch { folder in
      let server = try launchTracked("keeps_accepted", ["3"], in: folder)
      #expect(try server.readLine() == "ready")
      let copy = folder + "/copy.bin"
      try FileManager.default.copyItem(atPath: folder + "/trace.bin", toPath: copy)
      let site = try report(on: copy).site(at: "LEAK: accepted", in: "keeps_accepted.c")
      #expect(Self.states(site) == ["unknown": 4])
    }
  }
}
