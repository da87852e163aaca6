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

  /// Frames of a row's stack that are looked up, to find the first of the program's own code.
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
      frames[site] = whole ? all : Array(all.prefix(Self.rowDepth))
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
    let batch = SymbolBatch(requests, wakes: wakes)
    underWay = (batch, modules, requests)
    if wakes >= 0 {
      batch.start()
    } else {
      batch.run()
      takeResults()
    }
  }

  private func stack(_ frames: [Frame], from source: inout WatchSource) -> Report.Stack {
    guard !frames.isEmpty else { return .missing }
    var stack = Report.Stack(frames: [])
    for frame in frames {
      switch frame {
      case .code(let number, let address):
        let module = source.module(number)
        let path = module?.path ?? "[module \(number)]"
        let found = known[Address(module: number, address: address)] ?? []
        if found.isEmpty {
          stack.frames.append(.init(function: nil, module: path, offset: address))
        }
        stack.frames += found.map {
          Report.StackFrame(
            function: $0.function, file: $0.file, line: $0.line, column: $0.column, module: path,
            offset: address, isInlined: $0.isInlined)
        }
      case .absolute(let address):
        stack.frames.append(.init(function: nil, module: nil, offset: address))
      case .cut: stack.end = .cut
      // Nothing named generated code here.
      case .broken, .generated: stack.end = .broken
      case .ways: stack.end = .ways
      }
    }
    return stack
  }
}
