import Foundation
import LinuxCalls
import Testing

@testable import CommandLineTools

@Suite("Where reports are written")
final class ReportSinkTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "fdtrack-sink-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("A file is replaced when the report is finished, not before")
  func replaced() throws {
    try "old".write(toFile: "\(folder)/report", atomically: false, encoding: .utf8)
    var sink = try ReportSink(.file("\(folder)/report"), keeping: "none")
    try sink.write("new")
    #expect(try text("report") == "old")
    // Nothing stays when a signal ends the program now.
    let probe = linux_open_nameless(folder, 0o600)
    if probe >= 0 {
      close(probe)
      #expect(try names() == ["report"])
    }
    try sink.finish()
    #expect(try text("report") == "new")
    #expect(try names() == ["report"])
  }

  @Test("A report that is not finished leaves the old one and no other file")
  func abandoned() throws {
    try "old".write(toFile: "\(folder)/report", atomically: false, encoding: .utf8)
    do {
      let sink = try ReportSink(.file("\(folder)/report"), keeping: "none")
      try sink.write("half")
    }
    #expect(try text("report") == "old")
    #expect(try names() == ["report"])
  }

  @Test("A link stays, what it points to is replaced, and its permissions stay")
  func link() throws {
    try "old".write(toFile: "\(folder)/real", atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: "\(folder)/real")
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/link", withDestinationPath: "real")
    var sink = try ReportSink(.file("\(folder)/link"), keeping: "none")
    try sink.write("new")
    try sink.finish()
    #expect(try text("real") == "new")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link") == "real")
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/real")
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test("The trace is never replaced by its report")
  func trace() throws {
    try "trace".write(toFile: "\(folder)/trace", atomically: false, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/alias", withDestinationPath: "trace")
    #expect(throws: ReportFailure.self) {
      _ = try ReportSink(.file("\(folder)/alias"), keeping: "\(folder)/trace")
    }
    #expect(try text("trace") == "trace")
  }

  @Test("A full device is an error, a path that cannot be is one, too")
  func failures() throws {
    #expect(throws: ReportFailure.self) {
      let sink = try ReportSink(.file("/dev/full"), keeping: "none")
      try sink.write("text")
    }
    #expect(throws: ReportFailure.self) {
      _ = try ReportSink(.file("\(folder)/none/report"), keeping: "none")
    }
  }

  @Test("A reader that went away is no error and no signal")
  func brokenPipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let sink = try ReportSink(.file("/proc/self/fd/\(ends[1])"), keeping: "none")
    try sink.write(String(repeating: "x", count: 100_000))
    var pending = sigset_t()
    sigpending(&pending)
    #expect(sigismember(&pending, SIGPIPE) == 0)
  }
}
