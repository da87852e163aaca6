import Testing

@Suite("Pairs of which one end is lost")
struct HalfClosedTests {
  @Test("The end that is lost is named, and the line that closes others of it, not the other end's")
  func readEnd() throws {
    try withScratch { folder in
      let (outcome, report) = try track("half_closed", in: folder)
      #expect(outcome.status == .exit(0))
      let site = try report.site(at: "LEAK: read end", in: "half_closed.c")
      #expect(site.live == 10 && site.verdict == "leak")
      #expect(site.fds.allSatisfy { $0.end == "read" })
      let (opened, closed, other) = try (
        place(of: "LEAK: read end"), place(of: "MARK: read end closed"),
        place(of: "MARK: write end closed")
      )
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
        .split { $0.isWhitespace }.joined(separator: " ")
      #expect(
        text.contains(
          "change The read end of what pipe2() opens in start at \(opened) needs close() on every"
            + " path, as is done for the others in finish at \(closed). "), "\(text)")
      #expect(text.contains("why 50 other pairs from here lived for at most "), "\(text)")
      #expect(text.contains("closed 60 write ends by close() in start at \(other), "), "\(text)")
      #expect(text.contains(" 50 other read ends by close() in finish at \(closed), "), "\(text)")
    }
  }

  private func place(of marker: String) throws -> String {
    "half_closed.c:\(try Project.line(of: marker, in: "half_closed.c"))"
  }
}
