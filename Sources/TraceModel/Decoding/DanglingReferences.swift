/// Records that others refer to, and that are not there.
struct DanglingReferences {
  var processes: Int { processesMissing.count }
  /// Sites, stacks, modules and names of calls, each once.
  var others: Int { sites.count + stacks.count + modules.count + calls.count }

  private var processesMissing: Set<Int> = []
  private var sites: Set<UInt32> = []
  private var stacks: Set<StackNumber> = []
  private var modules: Set<Int> = []
  private var calls: Set<UInt16> = []

  init(in trace: Trace) {
    let sitesKnown = Set(trace.sites.map(\.id))
    for process in trace.processes {
      look(process.bornStack, process.bornCall, in: trace)
      look(process.execStack, process.execCall, in: trace)
      // What was inherited, its opener's table has.
      for entry in process.descriptors where entry.state == .open && entry.via == .open {
        look(entry.stack, entry.call, in: trace)
        if entry.site != 0, !sitesKnown.contains(entry.site) { sites.insert(entry.site) }
      }
    }
    for closer in trace.closers {
      look(closer.stack, closer.call, in: trace)
      if !sitesKnown.contains(closer.site) { sites.insert(closer.site) }
    }
    for site in trace.sites { look(site.stack, site.call, in: trace) }
    processesMissing = Set(trace.sites.map(\.process)).subtracting(trace.processes.map(\.id))
    lookIntoStacks(of: trace)
  }

  /// Looks again at what may have come while the trace was read, after what it is in, or in
  /// another part of the same table.
  mutating func keep(processes: (Int) -> Bool, stacks: (StackNumber) -> Bool) {
    processesMissing = processesMissing.filter(processes)
    self.stacks = self.stacks.filter(stacks)
  }

  private mutating func look(_ stack: StackNumber, _ call: UInt16, in trace: Trace) {
    if stack != 0, trace.stacks.node(stack) == nil { stacks.insert(stack) }
    if call != 0, trace.callName(call).isEmpty { calls.insert(call) }
  }

  private mutating func lookIntoStacks(of trace: Trace) {
    let modulesKnown = Set(trace.modules.map(\.number))
    for node in trace.stacks.pages.joined() where node.frame != 0 {
      if node.parent != 0, trace.stacks.node(node.parent) == nil { stacks.insert(node.parent) }
      if case .code(let module, _) = Frame(word: node.frame), module != 0,
        !modulesKnown.contains(module)
      {
        modules.insert(module)
      }
    }
  }
}
