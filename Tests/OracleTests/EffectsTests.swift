import Testing

@testable import Oracle

@Suite("What a call does to the table")
struct EffectsTests {
  private func effects(_ line: String) -> Effects? {
    Effects(StraceReader.read(Array("7 \(line)\n".utf8)).calls[0])
  }

  @Test(
    "Calls that make descriptors are told with their numbers and FD_CLOEXEC",
    arguments: [
      ("openat(AT_FDCWD, \"/x\", O_RDONLY) = 3", [3], false),
      ("openat(AT_FDCWD, \"/O_CLOEXEC\", O_RDONLY|O_CLOEXEC) = 3", [3], true),
      ("openat2(AT_FDCWD, \"/x\", {flags=O_RDONLY|O_CLOEXEC, resolve=0}, 24) = 4", [4], true),
      ("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 5", [5], true),
      ("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0", [3, 4], false),
      ("pipe2([6, 7], O_CLOEXEC|O_NONBLOCK) = 0", [6, 7], true),
      ("fcntl(3, F_DUPFD, 10) = 10", [10], false),
      ("fcntl(3, F_DUPFD_CLOEXEC, 10) = 10", [10], true),
      ("dup3(3, 9, O_CLOEXEC) = 9", [9], true),
      ("epoll_create1(EPOLL_CLOEXEC) = 3", [3], true),
      ("mq_open(\"q\", O_RDONLY) = 3", [3], true),
      ("ioctl(3, TIOCGPTPEER, 0) = 4", [4], false),
      (
        "recvmsg(3, {msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS,"
          + " cmsg_data=[5, 6]}], msg_flags=MSG_CMSG_CLOEXEC}, MSG_CMSG_CLOEXEC) = 1", [5, 6], true
      ),
      ("clone(child_stack=NULL, flags=CLONE_PIDFD|SIGCHLD, parent_tid=[8]) = 99", [8], true),
    ])
  func makers(line: String, fds: [Int], closeOnExec: Bool) {
    let opened = effects(line)?.opened ?? []
    #expect(opened.map(\.fd) == fds)
    #expect(opened.allSatisfy { $0.closeOnExec == closeOnExec })
  }

  @Test(
    "Calls that fail, or make nothing, change nothing",
    arguments: [
      "openat(AT_FDCWD, \"/x\", O_RDONLY) = -1 ENOENT (No such file or directory)",
      "close(3) = -1 EBADF (Bad file descriptor)", "dup2(3, 3) = 3", "fcntl(3, F_GETFD) = 1",
      "signalfd4(4, [], 8, 0) = 4", "ioctl(3, FIONREAD, [0]) = 0", "dup(-1000007) = -1 EBADF (x)",
      "landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) = 3",
    ])
  func nothing(line: String) {
    #expect(effects(line) == nil)
  }

  @Test("A close that fails with anything but EBADF has closed")
  func closes() {
    #expect(effects("close(3) = -1 EIO (Input/output error)")?.closed == [3])
    #expect(effects("close(3) = 0")?.closed == [3])
  }

  @Test("close_range closes, or flags, what lies between")
  func ranges() {
    #expect(effects("close_range(3, 4294967295, 0) = 0")?.closedRange == 3...4_294_967_295)
    let flagging = effects("close_range(3, 9, CLOSE_RANGE_CLOEXEC) = 0")
    #expect(flagging?.flagged?.range == 3...9 && flagging?.closedRange == nil)
  }
}
