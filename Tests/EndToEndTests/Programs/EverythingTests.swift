import Testing

@Suite("Threads, files, pipes, duplicates and the limit at once")
struct EverythingTests {
  @Test("Every leak of a busy program is counted at its line")
  func counts() throws {
    try withScratch { folder in
      let (outcome, report) = try track("everything", [folder], in: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")

      let files = try report.site(at: "LEAK: thread file", in: "everything.c")
      #expect(files.functions.prefix(2) == ["write_report", "work"])
      #expect(files.kind == "file")
      #expect(files.opened == 20)
      #expect(files.live == 20)
      #expect(Set(files.fds.map(\.thread)).count == 4)
      let names = Set(files.fds.compactMap(\.name))
      #expect(names.count == 20)
      #expect(names.contains { $0.hasSuffix("/report-3-4") })

      let pipes = try report.site(at: "LEAK: pipe", in: "everything.c")
      #expect(pipes.api == "pipe2")
      #expect(pipes.kind == "pipe")
      #expect(pipes.opened == 6)
      #expect(pipes.closed == 3)
      #expect(pipes.live == 3)

      let duplicates = try report.site(at: "LEAK: duplicate", in: "everything.c")
      #expect(duplicates.functions.prefix(2) == ["leak_duplicate", "repeat"])
      #expect(duplicates.live == 2)

      let process = try #require(report.processes.first)
      #expect(process.fdLimit == 64)
      #expect(process.openAtEnd == 25)
      #expect(report.trace.losses.isEmpty)
      #expect(report.trace.coverage.unseen == 0)
      #expect(report.trace.coverage.vanished == 0)
    }
  }

  @Test("The call that found no descriptor left is named")
  func limit() throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      #expect(text.contains("EMFILE"))
    }
  }

  @Test("What was filled up and given back is clean")
  func pool() throws {
    try withScratch { folder in
      let report = try track("everything", [folder], in: folder, reportOptions: ["--all"]).report
      let pool = try report.site(at: "CAUSE: limit", in: "everything.c")
      #expect(pool.verdict == "clean")
      #expect(pool.opened == pool.closed)
      #expect(pool.opened == 64 - 3 - 25)
      #expect(pool.peak == pool.opened)
    }
  }
}
