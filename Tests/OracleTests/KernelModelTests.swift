import Testing

@testable import Oracle

@Suite("Tables of descriptors, made of a log")
struct KernelModelTests {
  @Test("What a program opens and closes is in its table, and what it was given")
  func table() {
    var log = LogText()
    log.start()
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY|O_CLOEXEC) = 3", in: "open")
    log.wrapped(7, "dup2(3, 0) = 0", in: "dup2")
    log.wrapped(7, "close(1) = 0", in: "close")
    log.line(7, "+++ exited with 4 +++")
    let image = log.model.image(7, 1)
    #expect(image?.left.keys.sorted() == [0, 2, 3])
    #expect(image?.left[3]?.closeOnExec == true && image?.left[0]?.closeOnExec == false)
    #expect(image?.end == .exited(4) && image?.hasShim == true)
    #expect(
      image?.changes.map(\.kind) == [.opened, .closed, .opened, .replaced, .opened, .closed])
  }

  @Test("A fork copies the table, and the two go on alone")
  func fork() {
    var log = LogText()
    log.start()
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "open")
    // The child is seen before the parent's call is printed whole.
    log.line(7, "clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>")
    log.wrapped(8, "close(3) = 0", in: "close")
    log.line(7, "<... clone resumed>) = 8")
    let model = log.model
    #expect(model.image(8, 0)?.start.keys.sorted() == [0, 1, 2, 3])
    #expect(model.image(8, 0)?.left.keys.sorted() == [0, 1, 2])
    #expect(model.image(7, 1)?.left.keys.sorted() == [0, 1, 2, 3])
    #expect(model.gaps.isEmpty)
  }

  @Test("What a function closes in the child it makes is none of the program's, but for raw calls")
  func birth() throws {
    for (function, fork, closes) in [
      ("forkpty", "forkpty", 1), ("syscall", "fdt_hook_clone", 0),
    ] {
      var log = LogText()
      log.start()
      log.wrapped(7, "openat(AT_FDCWD, \"/a\", O_RDONLY) = 3", in: "open")
      log.wrapped(7, "clone(child_stack=NULL, flags=SIGCHLD) = 8", in: fork)
      log.wrapped(8, "close(3) = 0", in: function == "syscall" ? "fdt_hook_syscall" : function)
      #expect(try #require(log.model.image(8, 0)).birthCloses.count == closes)
    }
  }

  @Test("A thread shares the table")
  func thread() {
    var log = LogText()
    log.start()
    log.line(7, "clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 8")
    log.wrapped(8, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "open")
    log.line(8, "+++ exited with 0 +++")
    log.wrapped(7, "close(3) = 0", in: "close")
    let model = log.model
    #expect(model.images.count == 2 && model.gaps.isEmpty)
    #expect(model.image(7, 1)?.changes.suffix(2).map(\.thread) == [8, 7])
  }

  @Test("An exec closes what is flagged, and begins another image")
  func exec() {
    var log = LogText()
    log.start()
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY|O_CLOEXEC) = 3", in: "open")
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY|O_CLOEXEC) = 4", in: "open")
    log.wrapped(7, "fcntl(4, F_SETFD, 0) = 0", in: "fcntl")
    log.wrapped(7, "close_range(0, 1, CLOSE_RANGE_CLOEXEC) = 0", in: "close_range")
    log.line(7, "execve(\"/no\", [], 0x1) = -1 ENOENT (No such file or directory)")
    log.line(7, "execve(\"/bin/true\", [], 0x1) = 0")
    let model = log.model
    #expect(model.image(7, 1)?.end == .exec(closed: [0, 1, 3]))
    #expect(model.image(7, 2)?.start.keys.sorted() == [2, 4])
    #expect(model.image(7, 2)?.hasShim == false)
  }

  @Test("A number that is opened again before its close is printed was closed before")
  func overlap() {
    var log = LogText()
    log.start()
    log.line(7, "clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 8")
    log.wrapped(7, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "open")
    log.line(7, "close(3 <unfinished ...>")
    log.wrapped(8, "openat(AT_FDCWD, \"b\", O_RDONLY) = 3", in: "open")
    log.wrapped(7, "<... close resumed>) = 0", in: "close")
    let image = log.model.image(7, 1)
    #expect(log.model.gaps.isEmpty)
    #expect(image?.left[3]?.change == (image?.changes.count ?? 0) - 1)
    #expect(image?.changes.suffix(3).map(\.kind) == [.opened, .closed, .opened])
  }

  @Test("What another thread does around a fork is uncertain in the child")
  func uncertainty() {
    var log = LogText()
    log.start()
    log.line(7, "clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 8")
    log.wrapped(8, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "open")
    log.mark(8, 1)  // told of by now
    log.mark(7, 1)
    log.wrapped(8, "openat(AT_FDCWD, \"b\", O_RDONLY) = 4", in: "open")
    log.line(8, "close(1 <unfinished ...>")
    log.line(7, "clone(child_stack=NULL, flags=SIGCHLD) = 9")
    log.wrapped(9, "close(4) = 0", in: "close")
    log.wrapped(8, "<... close resumed>) = 0", in: "close")
    let image = log.model.image(9, 0)
    #expect(image?.uncertain == [1, 4])
    #expect(image?.unresolved == [1])
  }

  @Test("All that the operation around a fork changes is uncertain, also what it has yet to do")
  func restOfOperation() {
    var log = LogText()
    log.start()
    log.line(7, "clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 8")
    log.mark(7, 1)
    log.mark(8, 1)
    log.wrapped(8, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "freopen")
    log.line(7, "clone(child_stack=NULL, flags=SIGCHLD) = 9")
    log.wrapped(8, "dup2(3, 1) = 1", in: "freopen")
    log.wrapped(8, "close(3) = 0", in: "freopen")
    log.mark(8, 2)
    log.wrapped(8, "close(2) = 0", in: "close")
    log.wrapped(9, "close(3) = -1 EBADF (Bad file descriptor)", in: "close")
    log.wrapped(9, "openat(AT_FDCWD, \"a\", O_RDONLY) = 3", in: "open")
    let model = log.model
    #expect(model.image(9, 0)?.uncertain == [1, 3])
    #expect(model.image(9, 0)?.unresolved == [1])
    #expect(model.gaps.isEmpty)
  }

  @Test(
    "A log that contradicts itself is not believed",
    arguments: [
      "close(9) = 0", "openat(AT_FDCWD, \"a\", O_RDONLY) = 2", "pipe2([5, 5], 0) = 0",
    ])
  func gaps(call: String) {
    var log = LogText()
    log.start()
    log.wrapped(7, call, in: "open")
    #expect(log.model.gaps.count == 1)
  }

  @Test("A process that nobody made is told of, and harms nothing")
  func orphan() {
    var log = LogText()
    log.start()
    log.wrapped(9, "close(3) = 0", in: "close")
    #expect(!log.model.gaps.isEmpty && log.model.images.count == 2)
  }

  @Test("Stacks tell whose doing a call was")
  func origins() {
    func origin(_ frames: (String, String)...) -> Origin {
      Origin(frames.map { StackFrame(module: $0.0, function: $0.1) }, calls: LogText.calls)
    }
    #expect(origin(("libc.so.6", "x"), ("libfdtrack.so", "open")) == .wrapper(["open"]))
    #expect(origin(("libfdtrack.so", "fdt_hook_syscall")) == .wrapper(["syscall"]))
    #expect(origin(("libfdtrack.so", "fdt_hook_clone")) == .wrapper(["syscall"]))
    #expect(
      origin(("libc.so.6", "x"), ("libfdtrack.so", "fdt_posix_spawn_2_15"))
        == .wrapper(["posix_spawn"]))
    #expect(origin(("libfdtrack.so", "fdt_look_at"), ("program", "main")) == .shim)
    #expect(origin(("ld-linux-x86-64.so.2", "open"), ("libc.so.6", "dlopen")) == .loader)
    #expect(origin(("libc.so.6", "open"), ("program", "main")) == .libc)
    #expect(origin(("program", "open")) == .program)
    #expect(origin() == .program)
  }
}
