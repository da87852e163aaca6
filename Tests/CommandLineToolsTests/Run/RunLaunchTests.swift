import Glibc
import SystemPackage
import Testing

@testable import CommandLineTools

@Suite struct RunLaunchTests {
  @Test("A name with a slash is not searched in PATH")
  func slash() {
    #expect(
      RunLaunch.candidates(for: bytes("./a"), path: slice("/bin")) == [bytes("./a")])
  }

  @Test("PATH is searched in order, and an empty element is the current folder")
  func order() {
    #expect(
      RunLaunch.candidates(for: bytes("a"), path: slice("/x::/y"))
        == ["/x/a", "a", "/y/a"].map(bytes))
  }

  @Test("Without PATH, the system's folders are searched")
  func noPath() {
    #expect(
      RunLaunch.candidates(for: bytes("a"), path: nil) == ["/bin/a", "/usr/bin/a"].map(bytes))
  }

  @Test("A command that is not there is told apart from one that cannot be executed")
  func failures() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write("plain", "")
    #expect(failure(of: ["no-such-command"])?.exitStatus == 127)
    #expect(failure(of: [folder.path.appending("nothing").string])?.exitStatus == 127)
    #expect(failure(of: [""])?.exitStatus == 127)
    #expect(failure(of: [plain.string])?.exitStatus == 126)
    #expect(failure(of: [folder.path.string])?.exitStatus == 126)
  }

  @Test("A program that may not be executed does not hide a later one in PATH")
  func denied() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    _ = try first.write("tool", "")
    let tool = try second.write("tool", "#!/bin/sh\nexit 9\n", mode: 0o755)
    let started = try start(["tool"], path: "\(first.path):\(second.path)")
    #expect(started.program == tool)
    #expect(status(of: started) == 9)
  }

  @Test("An executable text without #! is run by the shell, with its arguments")
  func shell() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("script", "exit \"$1\"", mode: 0o755)
    #expect(status(of: try start([script.string, "6"])) == 6)
  }

  // MARK: Helpers

  private func slice(_ string: String) -> ArraySlice<CChar> { bytes(string).dropLast() }

  private func start(
    _ arguments: [String], path: String = "/bin:/usr/bin"
  ) throws(RunFailure) -> RunLaunch.Started {
    var mask = sigset_t()
    sigemptyset(&mask)
    return try RunLaunch(
      arguments: arguments.map(bytes),
      environment: RunEnvironment(entries: [bytes("PATH=" + path)]), signals: RunSignals(mask: mask)
    ).start()
  }

  private func failure(of arguments: [String]) -> RunFailure? {
    do throws(RunFailure) {
      _ = status(of: try start(arguments))
      return nil
    } catch {
      return error
    }
  }

  private func status(of started: RunLaunch.Started) -> Int32? {
    var status: Int32 = 0
    guard waitpid(started.pid, &status, 0) == started.pid, status & 0x7f == 0 else { return nil }
    return status >> 8
  }
}
