import Glibc
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Who has the other ends of pipes")
struct PipeLookTests {
  @Test("A pipe of which another process has an end is told, by the numbers asked for")
  func elsewhere() throws {
    let proc = try FakeProc()
    try proc.process(50, descriptors: [3: "pipe:[100]", 4: "pipe:[101]", 5: "socket:[102]"])
    try proc.process(51, descriptors: [7: "pipe:[100]", 8: "socket:[102]"])
    let wanted = [50: [3, 4, 5, 9], 52: [1]]
    #expect(PipeLook.sights(of: wanted, in: proc.root) == [50: [3: PipeSight(inode: 100)]])
    #expect(PipeLook.sights(of: [50: [4]], in: proc.root) == [50: [:]])
    // What the process has itself leads to nobody else.
    try proc.descriptor(6, of: 50, "pipe:[100]")
    #expect(PipeLook.sights(of: wanted, in: proc.root) == [50: [:]])
  }

  @Test("Who has a duplicate of the same end does not have the other one")
  func ends() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
    defer { ends.filter { $0 >= 0 }.forEach { close($0) } }
    let (reader, writer) = (Int(ends[0]), Int(ends[1]))
    let pid = Int(getpid())
    func told(_ fd: Int) -> Bool { PipeLook.sights(of: [pid: [fd]])[pid]?[fd] != nil }
    #expect(!told(reader) && !told(writer), "both are here")
    let child = try Sleeper(standardInput: ends[0])
    defer { child.end() }
    close(ends[0])
    ends[0] = -1
    #expect(told(writer))
    let duplicate = try Sleeper(standardInput: ends[1])
    defer { duplicate.end() }
    #expect(told(writer))
    child.end()
    #expect(!told(writer), "the only other one has the same end")
  }

  /// A process that has one descriptor.
  private final class Sleeper {
    private var pid: pid_t = 0

    init(standardInput fd: Int32) throws {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      posix_spawn_file_actions_adddup2(&actions, fd, 0)
      let words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600")]
      var arguments = words + [nil]
      defer { words.forEach { free($0) } }
      try #require(posix_spawn(&pid, "/bin/sleep", &actions, nil, &arguments, environ) == 0)
    }

    func end() {
      guard pid > 0 else { return }
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
      pid = 0
    }
  }
}
