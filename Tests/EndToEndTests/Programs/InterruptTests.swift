import Foundation
import Testing

@Suite("Programs that a signal ends") struct InterruptTests {
  /// What it opens over time, and forgets, python closes before it raises the signal again.
  private static let program = """
    import time
    kept = []
    for i in range(40):
        kept.append(open("/etc/passwd"))
        time.sleep(0.025)
    print("ready", flush=True)
    time.sleep(600)
    """

  @Test("What python closes at Ctrl-C is told, also where nobody recorded the end")
  func python() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let python = try Launched(
        ["/usr/bin/python3", "-I", "-c", Self.program], environment: shimEnvironment(trace: trace))
      #expect(try python.readLine() == "ready")
      python.send(SIGINT)
      #expect(try python.wait().status == .signal(SIGINT))
      let report = try run([Project.reporter, trace])
      // Not of all: python makes the calls of the first rounds in another way, which is a site
      // of its own, of the beginning alone.
      #expect(
        report.output.prefixMatch(
          of: /No leak\. \d+ fds were closed only at the end of the record\./)
          != nil, "\(report.output)")
    }
  }
}
