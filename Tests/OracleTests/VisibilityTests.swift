import Testing

@testable import Oracle

@Suite("What a program can see of its descriptors")
struct VisibilityTests {
  /// The names of what is visible in a log that starts with `start`.
  private func visible(_ tell: (inout LogText) -> Void) -> (kinds: [String], doubts: Int) {
    var log = LogText()
    log.start()
    tell(&log)
    let changes = log.model.image(7, 1)?.changes ?? []
    let visibility = Visibility(changes, unseen: [])
    return (
      visibility.visible.sorted().map { "\(changes[$0].kind) \(changes[$0].fd)" },
      visibility.doubtful.count
    )
  }

  @Test("The loader's descriptors are hidden")
  func loader() {
    #expect(visible { _ in }.kinds.isEmpty)
  }

  @Test("What one operation opens and closes itself is hidden, the rest of it is not")
  func composite() {
    let (kinds, doubts) = visible { log in
      log.mark(7, 1)
      log.wrapped(7, "pipe2([3, 4], O_CLOEXEC) = 0", in: "popen")
      log.wrapped(7, "close(4) = 0", in: "popen")
      log.mark(7, 2)
      log.wrapped(7, "close(3) = 0", in: "pclose")
    }
    #expect(kinds == ["opened 3", "closed 3"] && doubts == 0)
  }

  @Test("Two operations of one function are not one")
  func operations() {
    let (kinds, doubts) = visible { log in
      log.mark(7, 1)
      log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "freopen")
      log.mark(7, 2)
      log.wrapped(7, "close(3) = 0", in: "freopen")
    }
    #expect(kinds == ["opened 3", "closed 3"] && doubts == 0)
  }

  @Test("Without marks they are a matter of doubt")
  func doubt() {
    let (kinds, doubts) = visible { log in
      log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "freopen")
      log.wrapped(7, "close(3) = 0", in: "freopen")
    }
    #expect(kinds.isEmpty && doubts == 1)
  }

  @Test("What libc opens for the program by a function without wrapper is visible when it stays")
  func libc() {
    let (kinds, _) = visible { log in
      log.line(7, "socket(AF_UNIX, SOCK_STREAM, 0) = 3", by: "libc.so.6(getaddrinfo")
      log.line(7, "close(3) = 0", by: "libc.so.6(getaddrinfo")
      log.line(7, "socket(AF_UNIX, SOCK_STREAM, 0) = 4", by: "libc.so.6(getaddrinfo")
    }
    #expect(kinds == ["opened 4"])
  }

  @Test("A close that fails counts only through a wrapper")
  func refused() {
    let (kinds, _) = visible { log in
      log.wrapped(7, "close(9) = -1 EBADF (Bad file descriptor)", in: "close")
      log.line(7, "close(9) = -1 EBADF (Bad file descriptor)", by: "program(main")
    }
    #expect(kinds == ["refused 9"])
  }
}
