import Glibc
import Testing

@testable import CommandLineTools

@Suite struct RunDecisionTests {
  @Test(
    "A command that failed keeps its status, whatever leaked",
    arguments: [.none, .leaks, .unknown] as [RunSession.Verdict])
  func ownStatus(verdict: RunSession.Verdict) {
    for fails in [true, false] {
      #expect(
        RunSession.exitStatus(of: .exited(status: 7), verdict, failsOnLeak: fails) == 7)
      #expect(
        RunSession.exitStatus(of: .killed(signal: 15), verdict, failsOnLeak: fails) == 143)
    }
  }

  @Test("A command that succeeded fails for leaks, or for not knowing, only when asked")
  func leaks() {
    func status(_ verdict: RunSession.Verdict, _ fails: Bool) -> Int32 {
      RunSession.exitStatus(of: .exited(status: 0), verdict, failsOnLeak: fails)
    }
    #expect([.none, .leaks, .unknown].map { status($0, true) } == [0, 1, 125])
    #expect([.none, .leaks, .unknown].map { status($0, false) } == [0, 0, 0])
  }

  @Test("That no leak was found is no verdict on a command which was not seen to its end")
  func gaps() {
    for gap in [.all, .sinceExec, .directCalls] as [RunTraceFile.Gap] {
      #expect(RunSession.verdict(.leaks, gap) == .leaks)
      #expect(RunSession.verdict(RunSession.Verdict.none, gap) == .unknown)
    }
    #expect(RunSession.verdict(RunSession.Verdict.none, nil) == .none)
    #expect(RunSession.verdict(nil, nil) == .unknown)
    #expect(RunSession.verdict(.unknown, nil) == .unknown)
  }

  @Test("The terminal's signals are not delivered twice to a command of the same group")
  func terminal() {
    #expect(!passes(SIGINT, code: SI_KERNEL, sender: 0, sharesGroup: true))
    #expect(passes(SIGINT, code: SI_KERNEL, sender: 0, sharesGroup: false))
    #expect(passes(SIGALRM, code: SI_KERNEL, sender: 0, sharesGroup: true))
  }

  @Test("A signal from a process is passed on, also from outside of a container")
  func process() {
    #expect(passes(SIGINT, code: SI_USER, sender: 800, sharesGroup: true))
    #expect(passes(SIGTERM, code: SI_USER, sender: 0, sharesGroup: true))
  }

  @Test("What the command itself sent does not come back to it")
  func echo() {
    #expect(!passes(SIGUSR1, code: SI_USER, sender: 55, sharesGroup: true))
  }

  private func passes(_ signal: Int32, code: Int, sender: pid_t, sharesGroup: Bool) -> Bool {
    RunSupervisor.shouldPass(
      signal, code: code, sender: sender, command: 55, sharesGroup: sharesGroup)
  }

  @Test(
    "A size is a number of bytes, KiB, MiB or GiB",
    arguments: [("1", 1), ("4096", 4096), ("2k", 2048), ("64M", 64 << 20), ("1G", 1 << 30)]
      as [(String, UInt64)])
  func size(text: String, bytes: UInt64) {
    #expect(RunSize(argument: text)?.bytes == bytes)
  }

  @Test(
    "A size that means nothing is refused",
    arguments: ["", "M", "0", "-1", "+1", "1T", "1.5M", "64MB", "99999999999G", " 1", "٣"])
  func badSize(text: String) {
    #expect(RunSize(argument: text) == nil)
  }

  @Test("Arguments that are not UTF-8 reach the command as they were given")
  func rawArguments() {
    let raw: CStringBytes = [CChar(bitPattern: 0xff), 0]
    let word = String(decoding: [0xff] as [UInt8], as: UTF8.self)
    let given = [bytes("fdtrack"), bytes("run"), bytes("echo"), raw]
    #expect(RunCommand.originalBytes(of: ["echo", word], in: given) == [bytes("echo"), raw])
    #expect(RunCommand.originalBytes(of: ["other"], in: given) == [bytes("other")])
  }
}
