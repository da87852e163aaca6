import Glibc
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(30))) struct RunProgramTests {
  @Test("The command's status is fdtrack's")
  func status() throws {
    let result = try FdtrackProgram().run("/bin/sh", "-c", "exit 7")
    #expect(result.status == 7)
  }

  @Test("A command killed by a signal gives 128 and its number", arguments: [SIGKILL, SIGTERM])
  func killed(signal: Int32) throws {
    let result = try FdtrackProgram().run("/bin/sh", "-c", "kill -\(signal) $$")
    #expect(result.status == 128 + signal)
  }

  @Test("What cannot be run is told by 127 and 126, a wrong use by 125")
  func failures() throws {
    let program = try FdtrackProgram()
    _ = try program.folder.write("plain", "")
    let missing = try program.run("no-such-command")
    #expect(missing.status == 127)
    #expect(missing.errors == "fdtrack: no such command: 'no-such-command'\n")
    #expect(try program.run("./plain").status == 126)
    #expect(try program.run().status == 125)
    #expect(try FdtrackProgram("--size", "much").run("true").status == 125)
    #expect(try FdtrackProgram("-o", "no/folder/t.bin").run("true").status == 125)
  }

  @Test("Input and output pass byte for byte, and fdtrack adds nothing to them")
  func streams() throws {
    // Less than a pipe holds, so that it can be written before any is read.
    let input = String((0..<30_000).map { Character(Unicode.Scalar(UInt8($0 * 7 % 128))) })
    let result = try FdtrackProgram().run("cat", input: input)
    #expect(result.output == input)
    #expect(result.errors.hasPrefix("fdtrack: there is no trace: "))
  }

  @Test("The environment gains the recorder's variables, and loses those of an outer trace")
  func environment() throws {
    let program = try FdtrackProgram("--size", "2M", "-o", "t.bin")
    let result = try program.run(
      "env", wrapper: ["-i", "A=1", "FDTRACK_JOIN=1:/t", "PATH=/usr/bin:/bin"])
    let trace = program.folder.path.appending("t.bin")
    // The random number of the trace, and the command's pid.
    let output = result.output.replacing(/=[0-9a-f]{16}\.[0-9a-f]{8}:/, with: "=ID.PID:")
    #expect(
      output == """
        A=1
        FDTRACK_JOIN=ID.PID:\(trace)
        PATH=/usr/bin:/bin
        LD_PRELOAD=\(try FdtrackProgram.harmlessLibrary())
        ASAN_OPTIONS=verify_asan_link_order=0
        FDTRACK_OUT=\(trace)
        FDTRACK_SIZE=2097152

        """)
  }

  @Test("The command has the descriptors that fdtrack was given, and no others")
  func descriptors() throws {
    let program = try FdtrackProgram()
    let script = "exec 9</dev/null; \"$@\"; exec \"$0\" /proc/self/fd"
    let result = try program.run(
      "ls", "/proc/self/fd", wrapper: ["sh", "-c", script, "ls"])
    // Twice the same list: under fdtrack, and without.
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.contains("9"))
    #expect(Array(lines.prefix(lines.count / 2)) == Array(lines.suffix(lines.count / 2)))
  }

  @Test("Blocked and ignored signals are the command's as they were fdtrack's")
  func signalState() throws {
    let program = try FdtrackProgram()
    let wrapper = [
      "env", "--block-signal=USR1,RTMIN", "--ignore-signal=CHLD,USR2,HUP,INT", "--",
    ]
    let state = ["grep", "^Sig[BI]", "/proc/self/status"]
    let plain = try program.start(wrapper + state).finish()
    #expect(plain.output.contains("SigBlk:\t0000000200000200"))
    let ignored = try #require(plain.output.split(separator: "\t").last)
    // HUP, INT, USR2 and CHLD, and what whoever runs the tests ignores as well.
    let mask = try #require(UInt64(ignored.prefix(16), radix: 16))
    #expect(mask & 0x10803 == 0x10803)
    let result = try program.start(wrapper + program.words + state).finish()
    #expect(result.output == plain.output)
  }

  @Test("An ignored SIGCHLD does not lose the command's status")
  func ignoredChild() throws {
    let result = try FdtrackProgram().run(
      "sh", "-c", "exit 5", wrapper: ["env", "--ignore-signal=CHLD", "--"])
    #expect(result.status == 5)
  }

  @Test(
    "A signal to fdtrack reaches the command, and fdtrack waits for what it makes of it",
    arguments: [
      ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("USR1", SIGUSR1), ("USR2", SIGUSR2),
      ("TERM", SIGTERM), ("WINCH", SIGWINCH), ("ALRM", SIGALRM), ("CONT", SIGCONT),
    ])
  func passesSignals(name: String, number: Int32) throws {
    let program = try FdtrackProgram()
    let script = "trap 'echo got \(name); exit 3' \(name); echo up; while :; do sleep 0.05; done"
    let running = try program.start(program.words + ["sh", "-c", script])
    #expect(try running.waitForLine("up"))
    kill(running.pid, number)
    let result = try running.finish()
    #expect(result.output == "got \(name)\n")
    #expect(result.status == 3)
  }

  @Test("A signal that kills the command is told by the status, fdtrack itself survives it")
  func fatalSignal() throws {
    let program = try FdtrackProgram()
    let running = try program.start(program.words + ["sh", "-c", "echo up; exec sleep 1000"])
    #expect(try running.waitForLine("up"))
    kill(running.pid, SIGTERM)
    let result = try running.finish()
    #expect(result.status == 128 + SIGTERM)
    #expect(result.errors.contains("there is no trace"))
  }

  @Test("A signal to fdtrack and then to its group, as timeout sends it, does not end fdtrack")
  func signalledTwice() throws {
    let program = try FdtrackProgram()
    // The second one may come at any moment of the command's end.
    for _ in 0..<12 {
      let running = try program.start(program.words + ["sh", "-c", "echo up; exec sleep 1000"])
      #expect(try running.waitForLine("up"))
      kill(running.pid, SIGTERM)
      usleep(500)
      kill(-running.pid, SIGTERM)
      let result = try running.finish()
      #expect(result.status == 128 + SIGTERM)
      #expect(result.errors.contains("there is no trace"))
    }
  }

  @Test("Ctrl-C on a terminal reaches the command, and fdtrack outlives it")
  func interrupt() throws {
    let program = try FdtrackProgram()
    let script = """
      #!/bin/sh
      trap 'echo interrupted; read line; echo "$line"; exit 4' INT
      echo up
      while :; do sleep 0.05; done
      """
    _ = try program.folder.write("command", script, mode: 0o755)
    let running = try RunningProgram(
      onTerminal: program.words + ["./command"], folder: program.folder)
    #expect(try running.waitForLine("up"))
    try running.write("\u{3}")
    #expect(try running.waitForLine("interrupted"))
    try running.write("go on\n")
    let result = try running.finish()
    // Echoed, then read; then fdtrack on the same terminal.
    #expect(result.output.hasPrefix("go on\r\ngo on\r\nfdtrack: there is no trace"))
    #expect(result.status == 4)
  }

  @Test("fdtrack stops with a command that the terminal stops, and goes on with it")
  func stops() throws {
    let program = try FdtrackProgram()
    let script = "kill -TSTP $$; echo on; exit 6"
    let running = try program.start(program.words + ["sh", "-c", script])
    var status: Int32 = 0
    #expect(waitpid(running.pid, &status, WUNTRACED) == running.pid)
    #expect(status & 0xff == 0x7f)
    #expect(status >> 8 == SIGTSTP)
    kill(-running.pid, SIGCONT)
    let result = try running.finish()
    #expect(result.output == "on\n")
    #expect(result.status == 6)
  }

  @Test("A SIGSTOP to the command alone does not stop fdtrack, which nobody would continue")
  func stopsAlone() throws {
    let script = """
      (while kill -CONT $$; do sleep 0.05; done) 2>/dev/null &
      kill -STOP $$
      exit 6
      """
    #expect(try FdtrackProgram().run("sh", "-c", script).status == 6)
  }

  @Test("Where a trace was made, its place is said, and an older one is kept")
  func trace() throws {
    let program = try FdtrackProgram("-o", "t.bin")
    let sample = SampleTrace(processes: [SampleTrace.process(1, end: .init(1))])
    _ = try program.folder.write("sample", sample.bytes)
    let place = program.folder.path.appending("t.bin")
    for expected in [
      "fdtrack: the trace is \(place)\n",
      "fdtrack: the trace is \(place) (the trace from before is \(place).old)\n",
    ] {
      let result = try program.run("sh", "-c", "cp sample \"$FDTRACK_OUT\"")
      #expect(result.errors == expected)
      #expect(result.status == 0)
    }
    #expect(program.folder.exists("t.bin.old"))
  }

  @Test("The end of a killed command is added to its trace")
  func killedTrace() throws {
    let program = try FdtrackProgram("-o", "t.bin")
    var before = SampleTrace(processes: [SampleTrace.process(0)]).bytes
    // The shell's own pid, in both halves of a little-endian word.
    let pidOffset = SampleTrace.tableOffset + 4
    before.removeSubrange(pidOffset..<pidOffset + 4)
    _ = try program.folder.write("head", Array(before[..<pidOffset]))
    _ = try program.folder.write("tail", Array(before[pidOffset...]))
    let script = """
      octal() { printf "\\\\$(printf %03o $1)"; }
      { cat head; octal $(($$ % 256)); octal $(($$ / 256 % 256)); octal $(($$ / 65536)); octal 0
        cat tail; } > "$FDTRACK_OUT"
      kill -9 $$
      """
    let result = try program.run("sh", "-c", script)
    #expect(result.status == 137)
    let after = try program.folder.read(program.folder.path.appending("t.bin"))
    let process = SampleTrace.process(at: 0, of: after)
    #expect(process.end_kind == 2)
    #expect(process.end_code == 9)
  }
}
