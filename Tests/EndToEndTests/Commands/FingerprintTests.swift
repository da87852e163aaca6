import Foundation
import Testing

@Suite("Fingerprints of rebuilt programs")
struct FingerprintTests {
  /// Builds a test program under one name in a folder of its own, and runs it.
  /// - Returns: the fingerprints of what it leaks, with the call and the innermost function
  ///   for the message when they differ.
  private func fingerprints(
    _ fixture: String, _ flags: [String], moved: Bool = false, arguments: [String] = []
  ) throws -> [String: String] {
    try withScratch { folder in
      let source = folder + "/" + fixture
      let original = Project.root + "/Tests/Fixtures/" + fixture
      let text = try String(contentsOfFile: original, encoding: .utf8)
      let padding = String(repeating: "\n", count: 40)
      let before = moved ? "int before(int number) { return number * 3; }" + padding : ""
      try write(before + text, to: source)
      let program = folder + "/program"
      let compiler = fixture.hasSuffix(".cpp") ? "/usr/bin/c++" : "/usr/bin/cc"
      let built = try run(
        [compiler, "-D_GNU_SOURCE", "-I" + Project.root + "/Tests/Fixtures", "-o", program]
          + flags + (moved ? ["-DMOVED"] : []) + [source])
      guard built.status == .exit(0) else { throw TestFailure(built.errors) }
      let trace = folder + "/trace.bin"
      let outcome = try run(
        [program] + arguments, environment: shimEnvironment(trace: trace), folder: folder)
      guard outcome.status == .exit(0) else { throw TestFailure("\(outcome)") }
      let sites = try report(on: trace).sites.filter { $0.live >= 1 }
      if flags.contains("-g") {
        // Copies of a call that an optimizer made are one site. (qsort calls back from
        // several places of its own.)
        let own = sites.filter { $0.api != "epoll_create1" }
        #expect(Set(own.map(\.fingerprint)).count == own.count, "\(flags)")
      }
      return Dictionary(
        sites.map { ($0.fingerprint, "\($0.api) \($0.functions.joined(separator: " < "))") }
      ) { first, _ in first }
    }
  }

  private func expectSame(_ found: [String: String], as known: [String: String], _ what: String) {
    for (print, site) in known where found[print] == nil { Issue.record("\(what): lost \(site)") }
    for (print, site) in found where known[print] == nil { Issue.record("\(what): new \(site)") }
  }

  private static let builds = [
    ["-g", "-O1"], ["-g", "-O2"], ["-g", "-O3"], ["-g", "-Os"], ["-g", "-O2", "-flto"],
    ["-g", "-O2", "-no-pie"], ["-g", "-O2", "-no-pie", "-Wl,-Ttext-segment=0x20000000"],
    ["-g", "-O2", "-D_FORTIFY_SOURCE=2", "-D_FILE_OFFSET_BITS=64"], ["-g", "-O2", "-gdwarf-4"],
    // Nothing is inlined, so names are all that is needed.
    ["-O0"], ["-O0", "-no-pie"],
  ]

  @Test("C keeps them over levels of optimization, load addresses and headers", arguments: builds)
  func c(flags: [String]) throws {
    let known = try fingerprints("rebuilds.c", ["-g", "-O0"])
    #expect(known.count == 5)
    expectSame(try fingerprints("rebuilds.c", flags), as: known, "\(flags)")
  }

  @Test("C++ keeps them over levels of optimization, load addresses and headers", arguments: builds)
  func cxx(flags: [String]) throws {
    let known = try fingerprints("rebuilds_cxx.cpp", ["-g", "-O0"])
    #expect(known.count == 4)
    expectSame(try fingerprints("rebuilds_cxx.cpp", flags), as: known, "\(flags)")
  }

  @Test(
    "They stay when lines move and functions and lambdas are put before",
    arguments: ["rebuilds.c", "rebuilds_cxx.cpp"], ["-O0", "-O2"])
  func moved(fixture: String, level: String) throws {
    let known = try fingerprints(fixture, ["-g", level])
    expectSame(try fingerprints(fixture, ["-g", level], moved: true), as: known, level)
  }

  @Test("How deep functions call each other does not count", arguments: ["2", "8", "60"])
  func depth(depth: String) throws {
    let known = try fingerprints("rebuilds.c", ["-g", "-O1"])
    expectSame(
      try fingerprints("rebuilds.c", ["-g", "-O1"], arguments: [depth]), as: known, depth)
  }

  @Test("A stripped program keeps them until it is rebuilt", arguments: [["-no-pie"], []])
  func stripped(flags: [String]) throws {
    let flags = ["-O2", "-s"] + flags
    let known = try fingerprints("rebuilds.c", flags)
    expectSame(try fingerprints("rebuilds.c", flags), as: known, "again")
  }
}
