import Foundation
import Testing

@Suite("Programs that a signal ends") struct InterruptTests {
  /// What it opens over time, and forgets, python closes before it raises the signal again. It
  /// sends that itself: on a busy machine a sender may come so late that all was opened early.
  private static let program = """
    import os, signal, time
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kept = []
    for i in range(40):
        kept.append(open("/etc/passwd"))
        time.sleep(0.025)
    os.kill(os.getpid(), signal.SIGINT)
    """

  @Test("What python closes at Ctrl-C is told, also where nobody recorded the end")
  func python() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let outcome = try run(
        ["/usr/bin/python3", "-I", "-c", Self.program], environment: shimEnvironment(trace: trace))
      #expect(outcome.status == .signal(SIGINT))
      let report = try run([Project.reporter, trace])
      // Not of all: python makes the calls of the first rounds in another way, which is a site
      // of its own, of the beginning alone.
      let isTold =
        report.output.prefixMatch(
          of: /No leak\. \d+ fds were closed only at the end of the record\./) != nil
      #expect(isTold, "\(report.output)")
    }
  }
}
