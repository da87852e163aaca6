import Suppressions
import Symbolication
import Testing

@testable import LeakAnalysis
@testable import Reporting
@testable import TraceModel

@Suite("Joining findings with symbols")
struct ReportAssemblyTests {
  /// Two modules; stacks 2 and 3 share their caller, stack 4 has no module.
  private var findings: Findings {
    var stacks = StackStore()
    func node(_ module: UInt64, _ address: UInt64, parent: StackNumber) -> StackStore.Node {
      StackStore.Node(frame: module << 48 | address, parent: parent)
    }
    stacks.insert(node(1, 0x1000, parent: 0), as: 1)
    stacks.insert(node(1, 0x2000, parent: 1), as: 2)
    stacks.insert(node(2, 0x3000, parent: 1), as: 3)
    stacks.insert(node(0, 0x7fff_0000, parent: 0), as: 4)
    var found = Findings(trace: TraceSummary(info: TraceInfo()), stacks: stacks)
    found.modules = [
      Module(number: 1, path: "/srv/server", buildID: [0xab, 0x01]),
      Module(number: 2, path: "/srv/libpool.so.3", buildID: []),
    ]
    found.processes = [ProcessFinding(id: 1, pid: 790), ProcessFinding(id: 2, pid: 812)]
    found.sites = [
      site(1, stack: 2, live: 3, verdict: .leak), site(2, stack: 3, live: 1, verdict: .held),
      site(3, stack: 4, live: 0, verdict: .clean),
    ]
    found.sites[0].closeSites = [SiteFinding.CloseSite(api: "close", stack: 1, count: 7)]
    var descriptor = Descriptor(fd: 5)
    (descriptor.origin, descriptor.site, descriptor.via) = (1, 9, .fork)
    var list = DescriptorList(of: [descriptor])
    list.append(slot: 0)
    found.processes[1].inherited = InheritedDescriptors(
      list, Openings([9: .init(group: 1, call: descriptor.call)], of: [1]))
    return found
  }

  @Test("Stacks that share deep callers are cut when a report of all would be too long")
  func deepStacks() {
    var found = findings
    for number in 1...500 {
      // Two functions that call each other, deeper than what is shown.
      let address = 0x1000 + (number > 400 ? 400 + number % 2 : number)
      found.stacks.insert(
        .init(frame: 1 << 48 | UInt64(address), parent: StackNumber(number - 1)),
        as: StackNumber(number))
    }
    let uses = (400...499).map { StackNumber($0) }
    var resolver = StackResolver(found, uses: uses, room: 2000)
    resolver.take([])
    #expect(resolver.stack(450).frames.count == 20 && resolver.stack(450).end == .cut)
    var whole = StackResolver(found, uses: [450], room: 2000)
    whole.take([])
    #expect(whole.stack(450).frames.count == 450 && whole.stack(450).end == .complete)
    // What is shown of a stack is no matter of its name.
    let name = resolver.fingerprint(api: "socket", at: 450)
    #expect(name == whole.fingerprint(api: "socket", at: 450))
    // Both reach as far, beyond what is shown.
    #expect(name == resolver.fingerprint(api: "socket", at: 452))
    #expect(name != resolver.fingerprint(api: "socket", at: 398))
  }

  @Test("Of what is never closed, the place is told that closes others of the same line")
  func otherWay() throws {
    var found = findings
    // The line of stack 2, called by another function, which closes, and by one that closes less.
    for (number, caller) in [(5, 0x4000), (7, 0x5000)] {
      found.stacks.insert(
        .init(frame: 1 << 48 | UInt64(caller), parent: 0), as: StackNumber(number))
      found.stacks.insert(
        .init(frame: 1 << 48 | 0x2000, parent: StackNumber(number)), as: StackNumber(number + 1))
      var other = site(number, stack: StackNumber(number + 1), live: 0, verdict: .clean)
      other.closeSites = [
        .init(api: "close", stack: StackNumber(number), count: UInt64(20 - number))
      ]
      found.sites.append(other)
    }
    func told(_ found: Findings, of file: String = "/src/a.c") throws -> Report.Site {
      let assembly = ReportAssembly(found, tracePath: "t")
      let server = ModuleSymbols(
        status: .debugInformation,
        frames: [
          0x2000: [SourceFrame(function: "dial", file: file, line: 5)],
          0x1000: [SourceFrame(function: "serve", file: "/src/c.c", line: 7)],
          0x4000: [SourceFrame(function: "fetch", file: "/src/b.c", line: 6)],
        ])
      let missing = ModuleSymbols(status: .unavailable(.missing))
      return try #require(
        assembly.report(
          symbols: assembly.requests.map { $0.addresses.contains(0x2000) ? server : missing }
        )
        .sites.first)
    }
    #expect(try told(found).closedElsewhere == nil)
    found.sites[0].closeSites = []
    let leak = try told(found)
    #expect(leak.closedElsewhere?.count == 15 && leak.closers.isEmpty)
    #expect(
      leak.advice == [
        "What socket() opens in dial at a.c:5 needs close() on every path, as is done for others of"
          + " the same socket() in fetch at b.c:6."
      ])
    #expect(
      Narrative(Sample.report(of: [])).facts(of: leak).first { $0.label == "closed" }?.lines
        == [
          "None of these; of the same socket(), called another way, 15 others by close() in fetch at"
            + " b.c:6."
        ])
    let library = try told(found, of: "/rustc/1/library/std/src/fs.rs")
    #expect(library.closedElsewhere == nil, "compiled in, it opens for everybody")
    // Another function opens there.
    found.sites[0].api = "accept4"
    #expect(try told(found).closedElsewhere == nil)
  }

  @Test("What is counted over all processes says so where the reason is told of one of them")
  func siblingsOfAll() {
    var found = findings
    found.sites[0].reasons = [.outlivesSiblings(count: 2, ageNs: 9, siblingMaxNs: 3, siblings: 93)]
    func reason() -> String {
      ReportAssembly(found, tracePath: "t").report(symbols: []).sites[0].reasons[0].text
    }
    #expect(reason().hasPrefix("93 others from here lived for at most 3 ns; 2 that"))
    found.sites[0].judgedProcess = 1
    #expect(
      reason().hasPrefix("93 others from here, over all processes, lived for at most 3 ns; 2 that"))
  }

  private func site(_ id: Int, stack: StackNumber, live: Int, verdict: Verdict) -> SiteFinding {
    var site = SiteFinding(id: id, api: "socket")
    site.kind = .tcp
    site.verdict = verdict
    site.stack = stack
    site.live = live
    site.opened = UInt64(live)
    site.byProcess = [SiteFinding.ProcessCounts(process: 1, opened: UInt64(live), live: live)]
    return site
  }

  @Test("Each module is asked for once, with the addresses of all stacks shown")
  func requests() {
    let requests = ReportAssembly(findings, tracePath: "t").requests
    #expect(
      requests.map(\.module) == [
        ModuleIdentity(path: "/srv/server", buildID: [0xab, 0x01]),
        ModuleIdentity(path: "/srv/libpool.so.3", buildID: []),
      ])
    #expect(requests.map(\.addresses) == [[0x1000, 0x2000], [0x3000]])
  }

  @Test("Frames get their symbols, inlined ones their own entries, the rest module and offset")
  func stacks() throws {
    let assembly = ReportAssembly(
      findings, tracePath: "t", filter: ReportFilter(includesAll: true))
    let server = ModuleSymbols(
      status: .debugInformation,
      frames: [
        0x1000: [SourceFrame(function: "main", file: "/src/main.c", line: 9)],
        0x2000: [
          SourceFrame(function: "inner", file: "/src/a.c", line: 3, isInlined: true),
          SourceFrame(function: "dial", file: "/src/a.c", line: 5),
        ],
      ])
    let report = assembly.report(
      symbols: [server, ModuleSymbols(status: .unavailable(.missing))])
    let leak = try #require(report.sites.first)
    #expect(leak.stack.frames.map(\.function) == ["inner", "dial", "main"])
    #expect(leak.stack.frames.map(\.isInlined) == [true, false, false])
    #expect(leak.stack.frames.allSatisfy { $0.buildID == "ab01" && $0.module == "/srv/server" })
    #expect(leak.closers.map { $0.stack.focus?.function } == ["main"])
    #expect(leak.advice.first?.contains("as is done for the others in main at main.c:9") == true)
    #expect(report.sites[1].stack.frames.map(\.place) == ["libpool.so.3+0x3000", "/src/main.c:9"])
    #expect(report.sites[2].stack.frames.map(\.place) == ["0x7fff0000"])
    #expect(
      report.bareModules == [
        Report.BareModule(
          path: "/srv/libpool.so.3", buildID: nil, code: "missing",
          text: "is not on this machine", addresses: 1)
      ])
    #expect(report.processes[1].inherited[0].openedAt == "a.c:3")
    #expect(report.processes[1].inherited[0].api == "socket")
  }

  @Test("A stripped module is told where a leak or a suspect is in it, and has no name there")
  func stripped() {
    func told(_ verdict: Verdict, named: Set<UInt64> = []) -> [Report.BareModule] {
      var found = findings
      found.sites[0].verdict = verdict
      let frames = Dictionary(
        uniqueKeysWithValues: named.map { ($0, [SourceFrame(function: "f")]) })
      return ReportAssembly(found, tracePath: "t").report(symbols: [
        ModuleSymbols(status: .exports, frames: frames), ModuleSymbols(status: .exports),
      ]).bareModules
    }
    func stripped(addresses: Int) -> Report.BareModule {
      Report.BareModule(
        path: "/srv/server", buildID: "ab01", code: "stripped", text: "is stripped",
        addresses: addresses)
    }
    #expect(told(.leak) == [stripped(addresses: 2)])
    #expect(told(.suspect, named: [0x1000]) == [stripped(addresses: 1)])
    #expect(told(.leak, named: [0x2000]).isEmpty)
    #expect(told(.held).isEmpty)
  }

  @Test("What the filter leaves out is counted, and its stacks are not looked up")
  func filter() {
    let assembly = ReportAssembly(
      findings, tracePath: "t", filter: ReportFilter(minimumCount: 2))
    #expect(assembly.requests.map(\.addresses) == [[0x1000, 0x2000]])
    let report = assembly.report(symbols: [ModuleSymbols(status: .symbolTable)])
    #expect(report.sites.map(\.id) == [1])
    #expect(report.omitted == Report.Omitted(sites: 1, descriptors: 1, leaks: 0))
    let other = ReportAssembly(findings, tracePath: "t", filter: ReportFilter(pid: 812))
    let none = other.report(symbols: [])
    #expect(none.sites.isEmpty)
    #expect(none.processes.map(\.pid) == [812])
    #expect(none.processes[0].inherited[0].opener == Report.ProcessName(pid: 790, program: nil))
    #expect(none.omitted == Report.Omitted(sites: 2, descriptors: 4, leaks: 1))
  }

  @Test("That a shell closes again what it has closed is told when all is")
  func habitOfShell() {
    var found = findings
    found.modules[1].path = "/bin/bash"
    found.misuse = [2, 3].map {
      LeakAnalysis.Misuse(
        kind: .doubleClose, process: 1, fds: 3...3, count: 1, api: "close", stack: $0)
    }
    func told(_ filter: ReportFilter) -> Report {
      ReportAssembly(found, tracePath: "t", filter: filter).report(symbols: [])
    }
    #expect(told(ReportFilter()).misuse.map { $0.stack.frames[0].moduleName } == ["server"])
    #expect(told(ReportFilter()).unlisted.misuses == 0)
    #expect(told(ReportFilter(includesAll: true)).misuse.count == 2)
  }

  @Test("Suppressions are held against all that is open, whatever the filter shows")
  func suppressions() throws {
    let text = "{\nall\nkind: tcp\n}\n{\nrest\nfun: gone\n}"
    let assembly = ReportAssembly(
      findings, tracePath: "t", filter: ReportFilter(pid: 812),
      suppressions: SuppressionList(try SuppressionFile.parse(text.utf8, file: "f")))
    #expect(assembly.requests.map(\.addresses) == [[0x1000, 0x2000], [0x3000]])
    let report = assembly.report(symbols: [])
    #expect(report.sites.isEmpty)
    #expect(report.suppressions.map(\.sites) == [1, 0])
    #expect(report.omitted == Report.Omitted(sites: 2, descriptors: 4, leaks: 0))
  }

  @Test("What is known by its functions is held once these have names, unless a failure tells")
  func knownHolders() throws {
    let text = "{\nthe pool\nreason: it is bounded\nkind: tcp\nfun: dial\nmod: server\n}"
    let holders = KnownHolders(all: try SuppressionFile.parse(text.utf8, file: "f"))
    func report(_ findings: Findings, function: String) -> Report {
      let frames: [UInt64: [SourceFrame]] = [
        0x2000: [SourceFrame(function: function)], 0x1000: [SourceFrame(function: "main")],
      ]
      return ReportAssembly(findings, tracePath: "t", holders: holders)
        .report(symbols: [ModuleSymbols(status: .symbolTable, frames: frames)])
    }
    var found = findings
    found.sites[0].reasons = [
      .neverClosed(opens: 3, withinNs: 1), .limitHit(processes: [1]),
    ]
    let held = try #require(report(found, function: "dial").sites.first { $0.id == 1 })
    #expect(held.verdict == .held && held.growth == nil)
    #expect(held.reasons.map(\.code) == ["known_holder", "limit_hit"])
    #expect(report(found, function: "dial").sites(.leak).isEmpty)
    #expect(report(found, function: "call").sites.first?.verdict == .leak)
    // Of many stacks that end with `main`, each is called by the pool.
    (found.sites[0].stack, found.sites[0].way) = (1, 2)
    #expect(report(found, function: "dial").sites.first { $0.id == 1 }?.verdict == .held)
    #expect(report(found, function: "call").sites.first?.verdict == .leak)

    found.sites[0].causes = [SiteFinding.NoteGroup(api: "connect", error: 111)]
    #expect(report(found, function: "dial").sites.first?.verdict == .leak)
  }

  @Test("A site whose stack was not stored says so")
  func missingStack() {
    var findings = findings
    findings.sites[0].stack = 0
    let assembly = ReportAssembly(findings, tracePath: "t")
    let report = assembly.report(symbols: [])
    #expect(report.sites[0].stack == .missing)
    #expect(TextRenderer().render(report).contains("(the stack was not recorded)"))
  }
}
