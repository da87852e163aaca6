import Foundation
import Testing

@Suite("Programs in Go, which call the kernel themselves") struct GoProgramTests {
  private static let headline =
    "No leak in what was seen, but the command has code of Go: see Coverage."
  private static let fact = "Programs and libraries in Go, which call the kernel themselves,"

  /// What reports say of a trace in which no leak was seen.
  private func expectDoubt(about program: String, in folder: String) throws {
    let trace = folder + "/trace.bin"
    let process = try #require(try report(on: trace).processes.last)
    #expect(process.coverage.directCalls && !process.coverage.checkedLast)
    let text = try run([Project.reporter, trace]).output.split { $0.isWhitespace }
      .joined(separator: " ")
    #expect(text.hasPrefix(Self.headline), "\(text)")
    #expect(text.contains(Self.fact) && text.contains("as recorded"), "\(text)")
    #expect(text.contains("left: pid \(process.pid) (\(program))."), "\(text)")
    #expect(try run([Project.reporter, "--fail-on-leak", trace]).status == .exit(2))
    #expect(
      try run([Project.reporter, "--per-process", "--fail-on-leak", trace]).status == .exit(2))
    let programs = try run([Project.reporter, "--per-process", trace]).output
    #expect(programs.contains("NOT SEEN IN FULL"), "\(programs)")
  }

  @Test(
    "One that ended without a word leaves a trace that is not called clean",
    arguments: ["leaks_in_go", "leaks_in_go_nameless"])
  func ended(program: String) throws {
    try withScratch { folder in
      let (outcome, _) = try track(program, ["/dev/zero"], in: folder)
      #expect(outcome.status == .exit(0))
      try expectDoubt(about: program, in: folder)
    }
  }

  @Test(
    "Nor does one that was killed", arguments: ["leaks_in_go", "leaks_in_go_nameless"])
  func killed(program: String) throws {
    try withScratch { folder in
      let host = try launchTracked(program, ["/dev/zero", "waits"], in: folder)
      #expect(try host.readLine() == "ready")
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      #expect(text.contains("fds were opened in a way that was not"), "while it runs: \(text)")
      host.send(SIGKILL)
      #expect(try host.wait().status == .signal(SIGKILL))
      try expectDoubt(about: program, in: folder)
    }
  }

  @Test("A program that loads a library in Go is told of as such when it is killed")
  func library() throws {
    for name in ["libleaks_in_go.so", "libleaks_in_go_nameless.so"] {
      try withScratch { folder in
        let library = try Project.fixture(name)
        let script =
          "import ctypes, os; ctypes.CDLL('\(library)').leak_in_go(b'/dev/zero');"
          + " os.kill(os.getpid(), 9)"
        let outcome = try run(
          ["/usr/bin/python3", "-c", script],
          environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
        #expect(outcome.status == .signal(SIGKILL))
        let process = try #require(try report(on: folder + "/trace.bin").processes.first)
        #expect(process.coverage.directCalls, "\(name)")
        let text = try run([Project.reporter, folder + "/trace.bin"]).output
        #expect(text.hasPrefix(Self.headline), "\(text)")
      }
    }
  }

  @Test("A program that was loaded with a library in Go, and ends through libc, is compared")
  func compared() throws {
    try withScratch { folder in
      let script =
        "import ctypes; ctypes.CDLL('\(try Project.fixture("libleaks_in_go.so"))')"
        + ".leak_in_go(b'/dev/zero')"
      try run(
        ["/usr/bin/python3", "-c", script],
        environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
      let process = try #require(try report(on: folder + "/trace.bin").processes.first)
      #expect(process.coverage.directCalls && process.coverage.checkedLast)
      #expect(process.unseen.count { $0.name == "/dev/zero" } == 6)
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      #expect(!text.contains(Self.fact), "\(text)")
    }
  }

  @Test("A check for leaks has nothing to judge by, but what was seen to leak")
  func check() throws {
    try withScratch { folder in
      func check(_ command: String...) throws -> Outcome {
        try run(
          [Project.runner, "run", "--fail-on-leak", "--"] + command, folder: folder)
      }
      let dynamic = try check(try Project.fixture("leaks_in_go"), "/dev/zero")
      #expect(dynamic.status == .exit(125))
      #expect(dynamic.errors.hasPrefix(Self.headline), "\(dynamic.errors)")
      #expect(dynamic.errors.contains("fdtrack: the command has code of Go"), "\(dynamic.errors)")
      let still = try check(try Project.fixture("leaks_in_go_static"), "/dev/zero")
      #expect(still.status == .exit(125))
      #expect(still.errors.contains("is statically linked"), "\(still.errors)")
      let launched = try run(
        [Project.runner, "run", "--", try Project.fixture("leaks_in_go"), "/dev/zero"],
        folder: folder)
      #expect(launched.status == .exit(0), "nobody asked")
    }
  }

  @Test("Nothing is said of Go to a program that has none")
  func none() throws {
    try withScratch { folder in
      let host = try launchTracked("loads_code", ["plain", "/dev/zero", "killed"], in: folder)
      #expect(try host.wait().status == .signal(SIGTERM))
      let process = try #require(try report(on: folder + "/trace.bin").processes.first)
      #expect(!process.coverage.directCalls)
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      #expect(text.hasPrefix("1 call site leaks 6 fds."), "\(text)")
    }
  }
}
