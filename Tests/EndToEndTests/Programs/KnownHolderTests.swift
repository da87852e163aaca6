import Foundation
import Testing

@Suite("What is known to be held on purpose")
struct KnownHolderTests {
  @Test("The list is in the program, wherever that is copied, and can be switched off")
  func copied() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run(
        ["/usr/bin/perl", "-e", "getpwent"], environment: shimEnvironment(trace: trace),
        folder: folder)
      let copy = folder + "/reporter"
      try copyProgram(Project.reporter, to: copy)
      let known = try run([copy, "--format", "markdown", trace], folder: folder)
      #expect(known.status == .exit(0))
      #expect(known.output.contains("walk through the users until endpwent() is called."))
      let other = try run(
        [copy, "--format", "markdown", "--no-known-holders", trace], folder: folder)
      #expect(other.status == .exit(0))
      #expect(other.output.contains("getpwent") && !other.output.contains("endpwent"))
    }
  }

  @Test("What a cache opens in many ways is held, and what others open by its line is not")
  func manyWays() throws {
    try withScratch { folder in
      let (program, trace) = (folder + "/postgres", folder + "/trace.bin")
      try copyProgram(Project.fixture("file_cache"), to: program)
      try run([program], environment: shimEnvironment(trace: trace), folder: folder)
      func verdicts(_ options: [String] = []) throws -> [String] {
        try report(on: trace, options).sites.map { "\($0.live) \($0.verdict)" }
      }
      #expect(try verdicts() == ["25 leak", "25 held"])
      #expect(try verdicts(["--no-known-holders"]) == ["50 leak"])
    }
  }

  @Test("The channels that nginx's workers were sent are known to be so while they live")
  func channels() throws {
    try withScratch { folder in
      try makePage(in: folder)
      try withPort { port in
        let trace = folder + "/trace.bin"
        let nginx = try Nginx(in: folder, port: port, connections: 64, workers: 4).command
        let server = try Launched(nginx, environment: shimEnvironment(trace: trace), folder: folder)
        try waitUntilServed(port: port)
        var found: Report.Site?
        // Each worker is sent the channels of those that are started after it.
        try wait(or: "\(found?.live ?? 0) channels of 6") {
          found = try report(on: trace).sites.first { $0.api == "recvmsg" }
          return found?.live == 6
        }
        let channels = try #require(found)
        #expect(channels.kind == "unix" && channels.verdict == "held")
        #expect(channels.reasons.map(\.code) == ["known_holder"])
        server.send(SIGKILL)
      }
    }
  }
}
