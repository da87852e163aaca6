import Testing

@Suite("Wrong closes and uses of descriptors") struct WrongCloseTests {
  private static let file = "wrong_closes.c"

  private func misuse(_ kind: String, of report: Report) throws -> Report.Misuse {
    let found = report.misuse.filter { $0.kind == kind }
    guard found.count == 1, let misuse = found.first else {
      throw TestFailure("\(found.count) of \(kind) among \(report.misuse.map(\.kind))")
    }
    return misuse
  }

  private func expect(
    _ stack: [Report.Frame], at marker: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let line = try Project.line(of: "MARK: " + marker, in: Self.file)
    #expect(
      stack.first?.isAt(line, of: Self.file) == true, "\(stack)", sourceLocation: sourceLocation)
  }

  @Test("Each is told once, with where it happened, the open, and the close before")
  func all() throws {
    try withScratch { folder in
      let (outcome, report) = try track("wrong_closes", in: folder)
      #expect(outcome.status == .exit(0))
      #expect(
        report.misuse.map(\.kind) == [
          "close_of_reused_fd", "double_close", "use_after_close", "owned_close",
        ])

      let double = try misuse("double_close", of: report)
      try expect(double.stack, at: "closed twice")
      try expect(double.openedAt, at: "opened once")
      try expect(double.closedAt, at: "closed once")
      #expect(double.api == "close" && double.count == 1)

      let used = try misuse("use_after_close", of: report)
      try expect(used.stack, at: "used")
      try expect(used.openedAt, at: "opened for use")
      try expect(used.closedAt, at: "closed before use")
      #expect(used.api == "read")

      let owned = try misuse("owned_close", of: report)
      try expect(owned.stack, at: "raw close")
      try expect(owned.openedAt, at: "a stream")
    }
  }

  @Test("In a race the thread that closed twice is named, and whom it hit")
  func race() throws {
    try withScratch { folder in
      let reused = try misuse(
        "close_of_reused_fd", of: track("wrong_closes", in: folder).report)
      try expect(reused.stack, at: "second close")
      try expect(reused.closedAt, at: "first close")
      try expect(reused.openedAt, at: "victim's open")
      try expect(reused.noticedAt, at: "victim's read")
      #expect(reused.count == 1, "however often the victim met it")
    }
  }

  @Test(
    "A daemon that closes all numbers, or all that are listed, is told nothing",
    arguments: ["daemon", "listed", "listed and reused"])
  func daemon(how: String) throws {
    try withScratch { folder in
      let (outcome, report) = try track("wrong_closes", [how], in: folder)
      #expect(outcome.status == .exit(0) && report.misuse.isEmpty)
    }
  }

  @Test("Who held most at the limit is told, though all was closed later")
  func limit() throws {
    try withScratch { folder in
      let (outcome, report) = try track("limit_then_clean", in: folder)
      let count = try #require(Int(outcome.output.dropLast()))
      #expect(report.sites.isEmpty)
      let hit = try #require(report.processes.first?.limitHit)
      #expect(hit.api == "open")
      #expect(hit.holders.map(\.count) == [count, 1])
      let line = try Project.line(of: "MARK: the many", in: "limit_then_clean.c")
      #expect(hit.holders.first?.openedAt == "limit_then_clean.c:\(line)")
      let text = try run([Project.reporter, folder + "/trace.bin"])
      let words = text.output.split { $0.isWhitespace }.joined(separator: " ")
      #expect(words.hasPrefix("No leak. 1 process ran out of fds. "), "\(words)")
      #expect(
        words.contains("open then: \(count) from open() at limit_then_clean.c:\(line)"), "\(words)")
    }
  }
}
