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

  private struct Call: Hashable {
    var module: Int
    var call: ModuleSymbols.Call
  }

  /// Frames of a row's stack that are looked up, to find the first of the program's own code. The
  /// interpreter's own stand between those of code that it made: there, all are.
  private static let rowDepth = 16
  /// A hostile trace could have others at each look.
  private static let limit = 1 << 17

  private var known: [Address: [SourceFrame]] = [:]
  private var tailCallers: [Call: [TailCaller]] = [:]
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
    var missing: [Int: Missing] = [:]
    for site in sites {
      let all = source.frames(of: site.stack)
      let isNamed = all.contains { if case .generated = $0 { true } else { false } }
      frames[site] = whole || isNamed ? all : Array(all.prefix(Self.rowDepth))
      var inner: Frame?
      for frame in frames[site] ?? [] {
        defer { inner = frame }
        guard case .code(let module, let address) = frame else { continue }
        if known[Address(module: module, address: address)] == nil {
          missing[module, default: Missing()].addresses.insert(address)
        }
        if let call = ModuleSymbols.Call(at: address, of: module, under: inner),
          tailCallers[Call(module: module, call: call)] == nil
        {
          missing[module, default: Missing()].calls.insert(call)
        }
      }
    }
    look(up: missing, from: &source)
    var stacks: [WatchSample.SiteID: Report.Stack] = [:]
    for (site, frames) in frames { stacks[site] = stack(frames, from: &source) }
    return stacks
  }

  /// Of one module.
  private struct Missing {
    var addresses: Set<UInt64> = []
    var calls: Set<ModuleSymbols.Call> = []
  }

  private mutating func takeResults() {
    guard let done = underWay, let results = done.batch.results else { return }
    underWay = nil
    if known.count > Self.limit { (known, tailCallers) = ([:], [:]) }
    for ((module, request), symbols) in zip(zip(done.modules, done.requests), results) {
      for address in request.addresses {
        known[Address(module: module, address: address)] = symbols.frames(at: address)
      }
      for call in request.calls {
        tailCallers[Call(module: module, call: call)] = symbols.tailCallers(of: call)
      }
    }
  }

  private mutating func look(up missing: [Int: Missing], from source: inout WatchSource) {
    guard !missing.isEmpty, underWay == nil else { return }
    var modules: [Int] = []
    var requests: [Symbolizer.Request] = []
    for (number, missing) in missing.sorted(by: { $0.key < $1.key }) {
      // Without a module there is nothing to read, now; it may be written later.
      guard let module = source.module(number) else { continue }
      modules.append(number)
      requests.append(
        .init(
          module: ModuleIdentity(path: module.path ?? "", buildID: module.buildID),
          addresses: missing.addresses.sorted(), calls: Array(missing.calls)))
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

  /// One of another module leads to what has no name there: else the inner frame may be its own.
  private func leads(
    _ caller: TailCaller, to inner: Frame?, _ source: inout WatchSource
  ) -> Bool {
    guard let module = caller.module, case .code(let other, let address) = inner else {
      return true
    }
    return source.module(other)?.path.map { Array($0.utf8) } == module.path
      && known[Address(module: other, address: address)]?.isEmpty != false
  }

  private func stack(_ frames: [Frame], from source: inout WatchSource) -> Report.Stack {
    Report.Stack(frames, source.generated) { number, address, inner in
      let path = source.module(number)?.path ?? "[module \(number)]"
      func frame(
        _ frame: SourceFrame, at address: UInt64, of module: ModuleIdentity? = nil
      ) -> Report.StackFrame {
        var found = Report.StackFrame(
          function: frame.function, file: frame.file, line: frame.line, column: frame.column,
          module: module.map { String(decoding: $0.path, as: UTF8.self) } ?? path,
          offset: address, isInlined: frame.isInlined)
        found.isTailCall = frame.isTailCall
        return found
      }
      let call = ModuleSymbols.Call(at: address, of: number, under: inner)
      let callers = call.flatMap { tailCallers[Call(module: number, call: $0)] } ?? []
      let left = callers.filter { leads($0, to: inner, &source) }.flatMap { caller in
        caller.frames.map { frame($0, at: caller.address, of: caller.module) }
      }
      let found = known[Address(module: number, address: address)] ?? []
      guard !found.isEmpty else {
        return left + [.init(function: nil, module: path, offset: address)]
      }
      return left + found.map { frame($0, at: address) }
    }
  }
}
