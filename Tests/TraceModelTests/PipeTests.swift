import Testing

@testable import TraceModel

@Suite("Other ends of pipes of what still runs")
struct PipeTests {
  private var trace: Trace
  private var later: LiveReading

  init() {
    let living = LivingTrace(.pipe)
    (trace, later) = (living.trace, living.later)
  }

  private func entered() -> DescriptorDetail? {
    var trace = trace
    trace.enter([1: [5: PipeSight(inode: 100)]], untilMonotonicNs: 1400, confirmedBy: later)
    return trace.processes[0].descriptors[0].detail
  }

  @Test("A pipe has the name that the kernel told, and an other end")
  func told() {
    #expect(trace.pipeEnds(of: [1, 2]) == [1: [5]])
    let detail = entered()
    #expect(detail?.isOtherEndOpen == true && detail?.text == "pipe:[100]")
    #expect(detail?.checkedTicks == 50 + 800 && detail?.inode == 100)
  }

  @Test("A number that was used again since is not the pipe that was seen")
  mutating func usedAgain() {
    later.processes[0].descriptors[0].generation = 4
    #expect(entered() == nil)
  }

  @Test("Nor is a pipe that the trace knows by another name, or something else")
  mutating func other() {
    trace.processes[0].descriptors[0].detail = DescriptorDetail()
    trace.processes[0].descriptors[0].detail?.inode = 99
    #expect(entered()?.isOtherEndOpen == nil)
    trace.processes[0].descriptors[0].detail = nil
    trace.processes[0].descriptors[0].kind = .unix
    #expect(entered() == nil && trace.pipeEnds(of: [1]).isEmpty)
  }
}
