import Testing

@Suite("Marks")
struct MarkTests {
  /// Runs the fixture with a trace whose ring forgets all that happened in the tests.
  private func track(in folder: String, _ environment: [String: String] = [:]) throws -> Report {
    let trace = folder + "/trace.bin"
    let small = shimEnvironment(trace: trace).merging(["FDTRACK_SIZE": "1M"]) { $1 }
    let outcome = try run(
      [try Project.fixture("marks")], environment: small.merging(environment) { $1 },
      folder: folder)
    #expect(outcome.status == .exit(0))
    return try report(on: trace)
  }

  private func open(_ report: Report) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: report.marks.map { ($0.name ?? "-", $0.open) })
  }

  @Test("What each test left open is told, long after the ring has forgotten it")
  func attribution() throws {
    try withScratch { folder in
      let report = try track(in: folder)
      #expect(report.trace.eventsTotal > 10 * report.trace.eventsKept)
      #expect(
        open(report) == [
          "connect refused": 7, "retries": 3, "-": 2, "forks": 6, "beside one": 4,
          "beside two": 5, "tidy": 0,
        ])
      #expect(report.marks.allSatisfy { $0.leaked == $0.open && $0.suspect == 0 })
      let sites = try report.sites(at: "LEAK: dial", in: "marks.c")
      let main = try #require(sites.first { $0.functions.contains("run_all") })
      #expect(
        main.marks == [
          .init(mark: "connect refused", count: 7), .init(mark: "retries", count: 3),
          .init(mark: nil, count: 2),
        ])
      #expect(
        try report.site(at: "LEAK: load", in: "marks.c").marks == [.init(mark: "forks", count: 6)])
    }
  }

  @Test("FDTRACK_MARK names what the program itself says nothing of")
  func environment() throws {
    try withScratch { folder in
      let report = try track(in: folder, ["FDTRACK_MARK": "suite one"])
      #expect(open(report)["suite one"] == 2 && open(report)["-"] == nil)
      #expect(open(report)["connect refused"] == 7)
    }
  }

  @Test("Programs in other languages look the recorder up by name")
  func python() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let program = """
        import ctypes, os
        mark = ctypes.CDLL(None).fdtrack_mark
        for name, count in (b"one", 2), (b"two", 5), (None, 0):
            mark(name)
            for i in range(count): os.open("/dev/null", os.O_RDONLY)
        """
      let outcome = try run(
        ["/usr/bin/python3", "-c", program], environment: shimEnvironment(trace: trace))
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
      let open = open(try report(on: trace))
      #expect(open["one"] == 2 && open["two"] == 5)
    }
  }

  @Test("Without the recorder a program that marks runs as ever")
  func alone() throws {
    let outcome = try run([try Project.fixture("marks")])
    #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
  }
}
