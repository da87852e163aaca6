import Foundation
import SeededRandom
import Testing

@Suite("Inputs that are no trace")
struct BadInputTests {
  /// One line that says what is wrong, and exit status 2.
  private func expectRefusal(
    _ path: String, saying words: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try run([Project.reporter, path])
    let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(outcome.status == .exit(2), sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    #expect(lines.count == 2 && lines[1].isEmpty, "\(lines)", sourceLocation: sourceLocation)
    for word in words {
      #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
  }

  private func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The bytes of a small, good trace.
  private func goodTrace(in folder: String) throws -> [UInt8] {
    let path = folder + "/good.bin"
    let environment = shimEnvironment(trace: path).merging(["FDTRACK_SIZE": "4M"]) { $1 }
    try run([try Project.fixture("manners"), "leak"], environment: environment, folder: folder)
    #expect(try report(on: path).sites.count == 1)
    return try read(path)
  }

  @Test("A missing file is named")
  func missing() throws {
    try expectRefusal("/nonexistent/trace.bin", saying: ["/nonexistent/trace.bin"])
  }

  @Test("A folder is refused")
  func directory() throws {
    try withScratch { try expectRefusal($0, saying: [$0]) }
  }

  @Test("A FIFO is refused instead of waited for")
  func fifo() throws {
    try withScratch { folder in
      let path = folder + "/fifo"
      try #require(mkfifo(path, 0o600) == 0)
      try expectRefusal(path, saying: [path])
    }
  }

  @Test("An empty file is called empty")
  func empty() throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      try write([], to: path)
      try expectRefusal(path, saying: ["empty"])
    }
  }

  @Test("Bytes that are no trace are refused at the first byte")
  func garbage() throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      try write((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }, to: path)
      try expectRefusal(path, saying: ["byte 0"])
    }
  }

  @Test(
    "A trace that was cut is refused with what was expected and where",
    arguments: [4, 100, 895, 5000])
  func truncated(size: Int) throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      try write(try goodTrace(in: folder).prefix(size), to: path)
      try expectRefusal(path, saying: ["byte 0", "\(size)"])
    }
  }

  @Test("A trace that lost its last byte is refused")
  func lastByte() throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      let good = try goodTrace(in: folder)
      try write(good.dropLast(), to: path)
      try expectRefusal(path, saying: ["\(good.count - 1)"])
    }
  }

  @Test("A trace of another version is refused with both versions")
  func version() throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      var bytes = try goodTrace(in: folder)
      bytes.replaceSubrange(12..<16, with: [77, 0, 0, 0])
      try write(bytes, to: path)
      try expectRefusal(path, saying: ["77", "byte 12"])
    }
  }

  @Test("A trace of another byte order is refused")
  func byteOrder() throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      var bytes = try goodTrace(in: folder)
      bytes.replaceSubrange(8..<12, with: bytes[8..<12].reversed())
      try write(bytes, to: path)
      try expectRefusal(path, saying: ["byte 8"])
    }
  }

  @Test("A trace of which the rest is zeros never reads clean", arguments: [1, 4, 16, 32, 64, 256])
  func hole(pages: Int) throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      let bytes = try goodTrace(in: folder)
      let kept = bytes.prefix(pages * 4096)
      try write(kept + [UInt8](repeating: 0, count: bytes.count - kept.count), to: path)
      let outcome = try run([Project.reporter, "--fail-on-leak", path])
      #expect(outcome.output.contains("the trace is damaged"), "\(outcome.output)")
      #expect([.exit(1), .exit(2)].contains(outcome.status))
    }
  }

  @Test("A damaged trace is read or refused, never crashed on", arguments: 1...16)
  func damaged(seed: UInt64) throws {
    try withScratch { folder in
      let path = folder + "/trace.bin"
      var bytes = try goodTrace(in: folder)
      var random = SeededRandom(seed: seed)
      // Where something was written: a change of unused bytes tries nothing.
      let used = bytes.indices.filter { bytes[$0] != 0 && $0 >= 16 }
      for _ in 0..<(used.count / 50) {
        let place = used[Int(random.next() % UInt64(used.count))]
        bytes[place] = UInt8(truncatingIfNeeded: random.next())
      }
      try write(bytes, to: path)
      let outcome = try run([Project.reporter, "--all", path])
      #expect([.exit(0), .exit(2)].contains(outcome.status), "seed \(seed): \(outcome.errors)")
    }
  }
}
