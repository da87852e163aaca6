import Reporting
import Symbolication
import TraceModel
import Watching

/// The stacks of the sites that are shown. What is looked up is kept: each code address is read
/// from its module's symbols once.
struct WatchStacks {
  private struct Address: Hashable {
    var module: Int
    var address: UInt64
  }

  /// Frames of a row's stack that are looked up, to find the first of the program's own code. The
  /// interpreter's own stand between those of code that it made: there, all are.
  private static let rowDepth = 16
  /// A hostile trace could have others at each look.
  private static let limit = 1 << 17

  private var known: [Address: [SourceFrame]] = [:]
  private var underWay: (batch: SymbolBatch, modules: [Int], requests: [Symbolizer.Request])?
  /// Gets a byte when a look-up is ready; -1: looked up at once instead.
  private let wakes: Int32

  init(wakes: Int32 = -1) { self.wakes = wakes }

  /// The stacks of `sites` as far as they are known; of the rest, module and offset. Starts
  /// looking up what is missing.
  mutating func stacks(
    of sites: [WatchSample.SiteID], whole: Bool, from source: inout WatchSource
  ) -> [WatchSample.SiteID: Report.Stack] {
    takeResults()
    var frames: [WatchSample.SiteID: [Frame]] = [:]
    var missing: [Int: Set<UInt64>] = [:]
    for site in sites {
      let all = source.frames(of: site.stack)
      let isNamed = all.contains { if case .generated = $0 { true } else { false } }
      frames[site] = whole || isNamed ? all : Array(all.prefix(Self.rowDepth))
      for case .code(let module, let address) in frames[site] ?? []
      where known[Address(module: module, address: address)] == nil {
        missing[module, default: []].insert(address)
      }
    }
    look(up: missing, from: &source)
    var stacks: [WatchSample.SiteID: Report.Stack] = [:]
    for (site, frames) in frames { stacks[site] = stack(frames, from: &source) }
    return stacks
  }

  private mutating func takeResults() {
    guard let done = underWay, let results = done.batch.results else { return }
    underWay = nil
    if known.count > Self.limit { known = [:] }
    for ((module, request), symbols) in zip(zip(done.modules, done.requests), results) {
      for address in request.addresses {
        known[Address(module: module, address: address)] = symbols.frames(at: address)
      }
    }
  }

  private mutating func look(up missing: [Int: Set<UInt64>], from source: inout WatchSource) {
    guard !missing.isEmpty, underWay == nil else { return }
    var modules: [Int] = []
    var requests: [Symbolizer.Request] = []
    for (number, addresses) in missing.sorted(by: { $0.key < $1.key }) {
      // Without a module there is nothing to read, now; it may be written later.
      guard let module = source.module(number) else { continue }
      modules.append(number)
      requests.append(
        .init(
          module: ModuleIdentity(path: module.path ?? "", buildID: module.buildID),
          addresses: addresses.sorted()))
    }
    guard !requests.isEmpty else { return }
    let batch = SymbolBatch(requests, source.symbolizer, wakes: wakes)
    underWay = (batch, modules, requests)
    if wakes >= 0 {
      batch.start()
    } else {
      batch.run()
      takeResults()
    }
  }

  private func stack(_ frames: [Frame], from source: inout WatchSource) -> Report.Stack {
    Report.Stack(frames, source.generated) { number, address in
      let path = source.module(number)?.path ?? "[module \(number)]"
      let found = known[Address(module: number, address: address)] ?? []
      guard !found.isEmpty else {
        return [.init(function: nil, module: path, offset: address)]
      }
      return found.map {
        Report.StackFrame(
          function: $0.function, file: $0.file, line: $0.line, column: $0.column, module: path,
          offset: address, isInlined: $0.isInlined)
      }
    }
  }
}
