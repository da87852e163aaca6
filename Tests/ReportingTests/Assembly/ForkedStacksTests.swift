import Symbolication
import Testing

@testable import Reporting
@testable import TraceModel

@Suite("Stacks of processes that were forked in several lines") struct ForkedStacksTests {
  /// Stacks as of nodes 1: main, 2 and 3: two lines of serve below it, 4 and 5: fork in spawn
  /// below each, 6 and 7: work in spawn below each, and of processes 2 and 3, which are born so.
  private struct Story {
    var trace = Trace(
      info: TraceInfo(), clock: TraceClock(scale: .init(nanoseconds: 1, ticks: 1)),
      stacks: StackStore(), events: EventRing())

    init() {
      let nodes: [(address: UInt64, parent: StackNumber)] = [
        (0x10, 0), (0x20, 1), (0x21, 1), (0x30, 2), (0x30, 3), (0x31, 2), (0x31, 3),
      ]
      for (index, node) in nodes.enumerated() {
        trace.stacks.insert(
          .init(frame: 1 << 48 | node.address, parent: node.parent), as: StackNumber(index + 1))
      }
      trace.modules = [Module(number: 1, path: "/srv/server")]
      trace.processes = [TracedProcess(id: 1)]
      fork(2, at: 4)
      fork(3, at: 5)
      open(at: 6, in: 2)
      open(at: 7, in: 3)
    }

    mutating func fork(_ id: Int, at stack: StackNumber) {
      var process = TracedProcess(id: id)
      (process.how, process.bornStack) = (.fork, stack)
      trace.processes.append(process)
    }

    mutating func open(at stack: StackNumber, in process: Int) {
      let id = UInt32(trace.sites.count + 1)
      trace.sites.append(SiteRecord(id: id, process: process, stack: stack))
    }

    /// `names` are the functions of the two lines.
    func alike(_ names: (String?, String?) = ("serve", "serve")) -> [StackNumber: StackNumber] {
      let alike = AlikeStacks(trace)
      let frames =
        [
          0x20: [SourceFrame(function: names.0, line: 2)],
          0x21: [SourceFrame(function: names.1, line: 3)],
        ] as [UInt64: [SourceFrame]]
      return alike.representatives(
        alike.requests.map { _ in ModuleSymbols(status: .debugInformation, frames: frames) })
    }
  }

  @Test("What workers do that were forked in two lines of one function is one site")
  func joined() {
    #expect(Story().alike()[7] == 6)
  }

  @Test("Workers of other functions, or of such without names, do it at sites of their own")
  func otherFunctions() {
    #expect(Story().alike(("serve", "upgrade"))[7] == nil)
    #expect(Story().alike((nil, nil))[7] == nil)
  }

  @Test("A process that went both ways may forget in one what it closes in the other")
  func bothWays() {
    var story = Story()
    story.open(at: 6, in: 3)
    #expect(story.alike()[7] == nil)
  }

  @Test("What was not forked came there by itself")
  func notForked() {
    var story = Story()
    story.open(at: 7, in: 1)
    #expect(story.alike()[7] == nil)
  }
}
