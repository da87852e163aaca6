import Testing

@testable import Oracle

@Suite("A log of strace")
struct StraceReaderTests {
  private func read(_ text: String) -> StraceLog { StraceReader.read(Array(text.utf8)) }

  @Test("A call is read with its arguments, its result and its stack")
  func whole() {
    let log = read(
      """
      7  openat(AT_FDCWD, "a (\\"b\\", c)", O_RDONLY|O_CLOEXEC) = 3
       > /usr/lib/libc.so.6(__open64+0x51) [0xf8011]
       > /work/libfdtrack.so(open@@V+0x50) [0xac90]
       > /usr/bin/program() [0x10]

      """)
    #expect(log.events == [.entered(0), .returned(0)])
    let call = log.calls[0]
    #expect(call.name == "openat" && call.thread == 7 && call.result == 3 && call.error == nil)
    #expect(call.arguments == ["AT_FDCWD", #""a (\"b\", c)""#, "O_RDONLY|O_CLOEXEC"])
    #expect(call.argument(2, has: "O_CLOEXEC"))
    #expect(
      call.stack == [
        StackFrame(module: "libc.so.6", function: "__open64"),
        StackFrame(module: "libfdtrack.so", function: "open"),
        StackFrame(module: "program", function: ""),
      ])
  }

  @Test("A failure is read with the name of its error")
  func failure() {
    let call = read("7 close(9) = -1 EBADF (Bad file descriptor)\n").calls[0]
    #expect(call.result == -1 && call.error == "EBADF" && call.number(0) == 9)
  }

  @Test("The halves of an interrupted call are joined, and the stack goes to the right one")
  func halves() {
    let log = read(
      """
      7 pipe2( <unfinished ...>
      8 close(5) = 0
       > libc.so.6(close+0x1) [0x1]
      7 <... pipe2 resumed>[3, 4], O_CLOEXEC) = 0
       > libc.so.6(pipe2+0x1) [0x1]

      """)
    #expect(log.events == [.entered(0), .entered(1), .returned(1), .returned(0)])
    #expect(log.calls[0].arguments == ["[3, 4]", "O_CLOEXEC"])
    #expect(log.calls[0].entered == 1 && log.calls[0].returned == 4)
    #expect(log.calls[0].stack.map(\.function) == ["pipe2"])
    #expect(log.calls[1].stack.map(\.function) == ["close"])
  }

  @Test("Ends are read, by exit and by signal, and calls that they cut off never return")
  func ends() {
    let log = read(
      """
      8 close(5 <unfinished ...>
      7 exit_group(3) = ?
      8 <... close resumed> <unfinished ...>) = ?
      8 +++ exited with 3 +++
      7 +++ killed by SIGKILL +++

      """)
    #expect(log.calls[0].returned == nil && log.calls[0].number(0) == 5)
    #expect(
      log.events.suffix(2) == [
        .ended(thread: 8, status: 3, line: 4), .ended(thread: 7, status: nil, line: 5),
      ])
  }

  @Test(
    "Nonsense is no call", arguments: ["", "x", "7", "7 ", "7 +++", "7 <... close", " > ", "7 )("])
  func nonsense(line: String) {
    #expect(read(line + "\n" + line).calls.allSatisfy { $0.result == nil })
  }

  @Test("Numbers are read up to where strace explains them")
  func numbers() {
    #expect(Int(leading: "0x1 /* FD_CLOEXEC */") == 1)
    #expect(Int(leading: "-1") == -1)
    #expect(Int(leading: "12 (flags)") == 12)
    #expect(Int(leading: "?") == nil)
    #expect(Int(leading: "99999999999999999999") == nil)
  }
}
