import Testing

@Suite("Programs that are given an environment without the preload") struct FollowTests {
  private func processes(_ command: [String], follow: String?) throws -> [Report.Process] {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      var environment = shimEnvironment(trace: trace)
      environment["FDTRACK_FOLLOW"] = follow
      let outcome = try run(command, environment: environment, folder: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      return try report(on: trace).processes
    }
  }

  private static let cleared = [
    "/usr/bin/env", "-i", "/bin/sh", "-c", "exec /usr/bin/env -i /bin/sleep 0",
  ]

  @Test("They are not followed by default", arguments: [nil, "", "0"])
  func left(follow: String?) throws {
    let processes = try processes(Self.cleared, follow: follow)
    #expect(processes.compactMap(\.exe) == ["/usr/bin/env"])
    #expect(processes.first?.end.kind == "exec")
  }

  @Test("FDTRACK_FOLLOW follows them, over several cleared environments")
  func followed() throws {
    let processes = try processes(Self.cleared, follow: "1")
    #expect(
      processes.map { $0.argv.first?.split(separator: "/").last } == ["env", "sh", "env", "sleep"])
    #expect(processes.map(\.how) == ["start", "exec", "exec", "exec"])
    #expect(processes.last?.end.kind == "exit")
  }

  @Test("The program's own preload stays, behind fdtrack's")
  func joined() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      var environment = shimEnvironment(trace: trace)
      environment["FDTRACK_FOLLOW"] = "1"
      let outcome = try run(
        ["/usr/bin/env", "-i", "LD_PRELOAD=libm.so.6", "A=b", "/usr/bin/env"],
        environment: environment, folder: folder)
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.contains("LD_PRELOAD=\(Project.shim):libm.so.6"), "\(lines)")
      #expect(lines.contains("A=b") && lines.contains("FDTRACK_FOLLOW=1"))
      #expect(try report(on: trace).processes.count == 2)
    }
  }
}
