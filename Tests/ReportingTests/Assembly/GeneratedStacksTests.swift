import Symbolication
import Testing

@testable import LeakAnalysis
@testable import Reporting
@testable import TraceModel

@Suite("Stacks of code that was made as the program ran")
struct GeneratedStacksTests {
  /// Module 1 is an interpreter, 2 the program's own extension.
  private static let modules = [
    Module(number: 1, path: "/usr/bin/node"), Module(number: 2, path: "/srv/fast.node"),
  ]

  private static let code = GeneratedCode(
    places: [
      (0x7000, SourceFrame(function: "run", file: "/srv/app.js")),
      (0x7100, SourceFrame(function: "run", file: "/srv/app.js")),
      (0x7200, SourceFrame(function: "stop", file: "/srv/app.js")),
      (0x7300, SourceFrame(function: "Builtin:Call")),
      (0x7400, SourceFrame(function: "run", file: "/srv/other.js")),
      (0x7500, SourceFrame(function: "connect", file: "node:net")),
      (0x7600, SourceFrame(function: "connect", file: "node:dgram")),
    ].map { GeneratedCode.Place(address: $0, frame: $1) }, maps: ["/tmp/perf-790.map"])

  /// - Parameter ofNotes: they are of failing calls, and not of opens.
  private func alike(_ first: [Frame], _ second: [Frame], ofNotes: Bool = false) -> Bool {
    var trace = Trace(
      info: TraceInfo(), clock: TraceClock(), stacks: StackStore(), events: EventRing())
    trace.modules = Self.modules
    let stacks = [first, second].map { trace.stacks.add($0) }
    if ofNotes {
      var process = TracedProcess(id: 1)
      process.descriptors = stacks.enumerated().map {
        var descriptor = Descriptor(fd: $0.offset)
        descriptor.note = .init(call: 0, stack: $0.element)
        return descriptor
      }
      trace.processes = [process]
    } else {
      trace.sites = stacks.enumerated().map {
        SiteRecord(id: UInt32($0.offset + 1), process: 1, stack: $0.element)
      }
    }
    let alike = AlikeStacks(trace, Self.code)
    return alike.representatives(alike.requests.map { _ in ModuleSymbols(status: .symbolTable) })[
      stacks[1]] == stacks[0]
  }

  @Test("A function that was compiled twice is one, whatever way the interpreter took")
  func joined() {
    let node = Frame.code(module: 1, address: 0x10)
    let other = Frame.code(module: 1, address: 0x9910)
    #expect(alike([node, .generated(0)], [other, node, .generated(1)]))
    #expect(alike([node, .generated(0)], [node, .generated(1)], ofNotes: true))
    #expect(!alike([node, .generated(0)], [other, node, .generated(2)]))
  }

  @Test("Own code on the way, code without names, and the runtime's own tell stacks apart")
  func apart() {
    let (one, two) = (Frame.code(module: 2, address: 0x10), Frame.code(module: 2, address: 0x9910))
    #expect(!alike([one, .generated(0)], [two, .generated(0)]))
    #expect(
      !alike([.generated(0), .absolute(0x8000)], [.generated(1), .absolute(0x8001)]))
    let (node, other) = (Frame.code(module: 1, address: 0x10), Frame.code(module: 1, address: 0x99))
    #expect(!alike([node, .generated(3)], [other, .generated(3)]))
  }

  @Test("Of stacks that come one by one, the first stands for those that are alike")
  func coming() {
    var stacks = GeneratedStacks()
    let frames: [StackNumber: [Frame]] = [
      7: [.code(module: 1, address: 0x10), .generated(0)],
      8: [.code(module: 1, address: 0x20), .generated(1)], 9: [.absolute(0x7000)],
    ]
    func first(_ stack: StackNumber) -> StackNumber {
      stacks.first(like: stack, Self.code) {
        frames[$0] ?? []
      } module: { number in
        Self.modules.first { $0.number == number }?.path
      }
    }
    #expect([8, 7, 8, 9].map(first) == [8, 8, 8, 9])
  }

  @Test("Frames of a stack are what symbols and runtimes tell of them")
  func stack() {
    let stack = Report.Stack(
      [.code(module: 1, address: 0x10), .generated(0), .absolute(0x99), .cut], Self.code
    ) { module, address, _ in
      [
        Report.StackFrame(
          function: "run_js", module: Self.modules[module - 1].path, offset: address)
      ]
    }
    #expect(stack.frames.map(\.function) == ["run_js", "run", nil] && stack.end == .cut)
    #expect(stack.frames.map(\.offset) == [0x10, 0x7000, 0x99])
    #expect(stack.frames.map(\.origin) == [.runtime, .program, .runtime])
    #expect(Report.Stack([], Self.code) { _, _, _ in [] } == .missing)
  }

  @Test("Functions of one name in two files, and libraries' own, have fingerprints of their own")
  func fingerprints() {
    var findings = Findings(trace: TraceSummary(info: TraceInfo()), stacks: StackStore())
    findings.modules = Self.modules
    let node = Frame.code(module: 1, address: 0x10)
    let stacks = [0, 4, 5, 6].map { findings.stacks.add([node, .generated($0), node]) }
    let way = findings.stacks.add([.code(module: 1, address: 0x90), .generated(5)])
    var resolver = StackResolver(findings, generated: Self.code, uses: stacks + [way])
    resolver.take([ModuleSymbols(status: .symbolTable)])
    let prints = stacks.map { resolver.fingerprint(api: "open", at: $0) }
    #expect(Set(prints.map(\.description)).count == 4)
    #expect(resolver.fingerprint(api: "open", at: way) == prints[2], "whatever node's own do")
    #expect(resolver.stack(stacks[2]).focus?.phrase == "in connect at node:net")
  }

  @Test("A site has the names, the fingerprint of them alone, and the maps are told")
  func resolved() {
    var findings = Findings(trace: TraceSummary(info: TraceInfo()), stacks: StackStore())
    findings.modules = Self.modules
    func add(_ frames: [Frame]) -> StackNumber { findings.stacks.add(frames) }
    let cold = add([.code(module: 1, address: 0x10), .generated(0)])
    let hot = add([
      .code(module: 1, address: 0x20), .code(module: 1, address: 0x10), .generated(1),
    ])
    let other = add([.code(module: 1, address: 0x10), .generated(2)])
    let bare = add([.code(module: 1, address: 0x10), .absolute(0x7400)])
    func resolver(_ uses: StackNumber...) -> StackResolver {
      var resolver = StackResolver(findings, generated: Self.code, uses: uses)
      resolver.take([ModuleSymbols(status: .symbolTable)])
      return resolver
    }
    let all = resolver(cold, hot, other, bare)
    let prints = [cold, hot, other, bare].map { all.fingerprint(api: "open", at: $0) }
    #expect(prints[0] == prints[1] && Set(prints).count == 3)
    #expect(all.stack(hot).focus?.phrase == "in run at app.js")
    #expect(all.stack(bare).focus?.module == "/usr/bin/node")
    #expect(all.codeMaps == Self.code.maps && resolver(bare).codeMaps.isEmpty)
  }
}
