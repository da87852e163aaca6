import LeakAnalysis
import Symbolication
import TraceModel

/// Turns stack numbers into symbolized stacks: first tells what has to be looked up, then uses
/// what was found.
///
/// A trace stores the frames that stacks share once, a report repeats them. Where all frames
/// together would be more than `room`, each stack is cut to its innermost ones.
struct StackResolver {
  /// Frames of a report: ten thousand stacks of the usual depth have fewer.
  static let defaultRoom = 1 << 18
  /// No stack is cut to less.
  private static let fewest = 8

  private let stacks: StackStore
  private let modules: [Int: ModuleText]
  /// By path; nil where files of one path differ.
  private let buildIDs: [String: String?]
  private var lookUp: LookUp
  private let generated: GeneratedCode
  var requests: [Symbolizer.Request] { lookUp.requests }

  /// Frames that are kept of a stack.
  private let depth: Int
  private var resolved: [StackNumber: Report.Stack] = [:]
  private let wanted: Set<StackNumber>
  /// Numbers each place in the code that a stack of the report leads through.
  private var places: CodePlaces
  /// By the number of the place, innermost first where functions were inlined.
  private var names: [[StableName]] = []
  /// By the number of the place, whether functions were called there that left no frame.
  private var leadsOn: [Bool] = []

  /// Frames of a stack that fingerprints may be made of, however much of it is shown: all that
  /// the recorder keeps.
  private static let namedDepth = 128

  /// Plans the look-up of `uses`, the stacks that the report shows: each as often as it does.
  /// `sites` are those that fingerprints are made of.
  init(
    _ findings: Findings, generated: GeneratedCode = .none, uses: [StackNumber],
    sites: [StackNumber] = [], room: Int = Self.defaultRoom
  ) {
    stacks = findings.stacks
    self.generated = generated
    let modules = Dictionary(findings.modules.map { ($0.number, $0) }) { first, _ in first }
    var texts = modules.mapValues(ModuleText.init)
    buildIDs = Dictionary(texts.values.map { ($0.path, $0.buildID) }) { $0 == $1 ? $0 : nil }
    wanted = Set(uses)
    depth = Self.depth(of: uses, in: findings.stacks, room: room)
    var places = CodePlaces()
    for stack in wanted { places.add(stack, of: findings.stacks, atMost: depth) }
    if depth < Self.namedDepth {
      for stack in Set(sites) { places.add(stack, of: findings.stacks, atMost: Self.namedDepth) }
    }
    let addresses = places.byModule
    for number in addresses.keys where texts[number] == nil {
      texts[number] = ModuleText(path: ModuleText.path(ofUnknown: number))
    }
    self.places = places
    self.modules = texts
    lookUp = LookUp(addresses, calls: places.calls, in: modules)
  }

  /// Takes the results of `requests`, in their order.
  mutating func take(_ results: [ModuleSymbols]) {
    lookUp.take(results)
    names = places.all.map(stableNames)
    leadsOn = Array(repeating: false, count: places.all.count)
    for place in lookUp.tailCallPlaces {
      if let number = places.number(of: place) { leadsOn[number] = true }
    }
    let frames = places.all.map(frames)
    resolved.reserveCapacity(wanted.count)
    for number in wanted {
      resolved[number] = resolve(number) { place, inner in
        guard let number = places.number(of: place) else { return self.frames(at: place) }
        guard leadsOn[number] else { return frames[number] }
        return tailFrames(at: place, under: inner) + frames[number]
      }
    }
  }

  /// The fingerprint of a call of `api`, `stack` being where.
  func fingerprint(api: String, at stack: StackNumber) -> Fingerprint {
    var callers = FingerprintCallers()
    let isNamed = leadsThroughNamedCode(stack)
    // What called an event loop only started it.
    var isStarter = false
    var inner: Frame?
    stacks.forEachFrame(of: stack, atMost: Self.namedDepth) { frame in
      let called = inner
      inner = frame
      switch frame {
      case .code(let module, let address):
        let place = CodePlace(module: module, address: address)
        if isNamed, text(of: module).isPartOfInterpreter { break }
        guard let number = places.number(of: place) else {
          callers.add(stableNames(at: place))
          break
        }
        if leadsOn[number] {
          for (caller, module) in tailCallers(at: place, under: called) {
            callers.add(caller.frames.map { stableName(of: $0, module: module, caller.address) })
          }
        }
        callers.add(names[number])
      case .generated(let number):
        var name = stableName(ofGenerated: number)
        isStarter = isStarter || EventLoop.isOfPython(generated.place(number)?.frame.function)
        if isStarter { name.isPlatform = true }
        callers.add(name)
      case .absolute: callers.add(.unnamed)
      case .cut, .broken, .ways: break
      }
      return !callers.areEnough
    }
    return Fingerprint(api: api, callers)
  }

  /// Whether the fingerprint is made of what an interpreter runs, and not of its own functions.
  private func leadsThroughNamedCode(_ stack: StackNumber) -> Bool {
    guard !generated.places.isEmpty else { return false }
    var found = false
    stacks.forEachFrame(of: stack, atMost: Self.namedDepth) { frame in
      if case .generated(let number) = frame { found = generated.isOfLanguage(number) }
      return !found
    }
    return found
  }

  private func stableName(ofGenerated number: Int) -> StableName {
    guard let frame = generated.place(number)?.frame, let function = frame.function else {
      return .unnamed
    }
    let file = frame.file.map { String($0.lastComponent) } ?? ""
    return StableName(
      text: file + StableName.unnamed.text + OwnName.of(function),
      isPlatform: FrameOrigin(generated: frame) == .runtime)
  }

  private func stableNames(at place: CodePlace) -> [StableName] {
    let stable = text(of: place.module).stable
    let found = lookUp.frames(module: place.module, address: place.address)
    guard !found.isEmpty else {
      return [StableName(module: stable, function: nil, file: nil, offset: place.address)]
    }
    return found.map { stableName(of: $0, module: place.module, place.address) }
  }

  private func stableName(
    of frame: SourceFrame, module: Int, _ address: UInt64
  ) -> StableName {
    StableName(
      module: text(of: module).stable, function: frame.function,
      file: frame.file, offset: address)
  }

  /// How many frames of each stack there is room for.
  private static func depth(of uses: [StackNumber], in stacks: StackStore, room: Int) -> Int {
    var depths: [StackNumber: Int] = [:]
    var total = 0
    for stack in uses {
      let depth = depths[stack] ?? stacks.depth(of: stack)
      depths[stack] = depth
      total += depth
      // Enough was seen; a sum over all would take as long as what it prevents.
      if total > room { return max(fewest, room / uses.count) }
    }
    return StackStore.maximumDepth
  }

  func stack(_ number: StackNumber) -> Report.Stack {
    resolved[number] ?? resolve(number) { place, _ in frames(at: place) }
  }

  private func resolve(
    _ number: StackNumber, framesAt: (CodePlace, _ inner: Frame?) -> [Report.StackFrame]
  ) -> Report.Stack {
    Report.Stack(stacks.frames(of: number, atMost: depth), generated) { module, address, inner in
      framesAt(CodePlace(module: module, address: address), inner)
    }
  }

  /// Paths of the maps that name generated code of the report.
  var codeMaps: [String] {
    resolved.values.contains { $0.frames.contains(where: \.isNamedCode) } ? generated.maps : []
  }

  func stack(ifAny number: StackNumber?) -> Report.Stack? {
    number.flatMap { $0 == 0 ? nil : stack($0) }
  }

  /// Modules of the frames, each path and build-id once: a process tree loads many at several
  /// places.
  var shownModules: [Report.Module] {
    var shown: [[String?]: Report.Module] = [:]
    for number in lookUp.numbers {
      let text = text(of: number)
      let key = [text.path, text.buildID]
      var module = shown[key] ?? Report.Module(path: text.path, buildID: text.buildID)
      if let range = text.range {
        module.start = module.end == 0 ? range.lowerBound : min(module.start, range.lowerBound)
        module.end = max(module.end, range.upperBound)
      }
      shown[key] = module
    }
    return shown.values.sorted { ($0.path, $0.buildID ?? "") < ($1.path, $1.buildID ?? "") }
  }

  /// That of the only module of a path; nil when there are several, or none.
  func buildID(ofModule path: String) -> String? { buildIDs[path] ?? nil }

  /// Modules that gave no symbols, and why. Of stripped ones those that have the code of a finding
  /// among `sites`: what is without a name in others nobody has to look for.
  func bareModules(of sites: [Report.Site]) -> [Report.BareModule] {
    let places = sites.lazy.filter { $0.verdict == .leak || $0.verdict == .suspect }
    let needed = Set(
      places.compactMap { $0.stack.focus }.filter { $0.function == nil }.map(\.module))
    var bare: [Report.BareModule] = []
    for (number, request) in zip(lookUp.numbers, requests) {
      guard let symbols = lookUp.symbols[number] else { continue }
      let text = text(of: number)
      guard let reason = symbols.bareness, reason != .stripped || needed.contains(text.path) else {
        continue
      }
      bare.append(
        Report.BareModule(
          path: text.path, buildID: text.buildID, code: reason.code, text: reason.text,
          addresses: request.addresses.count { symbols.frames(at: $0).isEmpty }))
    }
    return bare.sorted { ($0.path, $0.buildID ?? "") < ($1.path, $1.buildID ?? "") }
  }

  /// What frames say of their module.
  private struct ModuleText {
    var path: String
    var buildID: String?
    /// Link-time addresses; nil when not known.
    var range: Range<UInt64>?
    let stable: StableModule
    let isPartOfInterpreter: Bool

    init(_ module: TraceModel.Module) {
      self.init(path: module.path ?? Self.path(ofUnknown: module.number))
      if module.start < module.end { range = module.start..<module.end }
      if !module.buildID.isEmpty {
        buildID = module.buildID.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
    }

    init(path: String) {
      self.path = path
      stable = StableModule(path: path)
      isPartOfInterpreter = Interpreter.isPartOfOne(path)
    }

    static func path(ofUnknown module: Int) -> String { "[module \(module)]" }
  }

  private func text(of module: Int) -> ModuleText {
    modules[module] ?? ModuleText(path: ModuleText.path(ofUnknown: module))
  }

  private func frames(at code: CodePlace) -> [Report.StackFrame] {
    let found = lookUp.frames(module: code.module, address: code.address)
    guard !found.isEmpty else {
      let module = text(of: code.module)
      return [
        Report.StackFrame(
          function: nil, file: nil, line: nil, column: nil, module: module.path,
          buildID: module.buildID, offset: code.address, isInlined: false,
          origin: module.stable.origin)
      ]
    }
    return found.map { frame(of: $0, module: code.module, address: code.address) }
  }

  private func frame(
    of source: SourceFrame, module number: Int, address: UInt64
  ) -> Report.StackFrame {
    let module = text(of: number)
    var frame = Report.StackFrame(
      function: source.function, file: source.file, line: source.line, column: source.column,
      module: module.path, buildID: module.buildID, offset: address,
      isInlined: source.isInlined,
      origin: FrameOrigin(function: source.function, file: source.file, in: module.stable.origin))
    frame.isTailCall = source.isTailCall
    return frame
  }

  private func tailFrames(at code: CodePlace, under inner: Frame?) -> [Report.StackFrame] {
    tailCallers(at: code, under: inner).flatMap { caller, module in
      caller.frames.map { frame(of: $0, module: module, address: caller.address) }
    }
  }

  /// Those that left no frame between a place and the next inner frame.
  private func tailCallers(
    at code: CodePlace, under inner: Frame?
  ) -> [(caller: TailCaller, module: Int)] {
    guard let call = ModuleSymbols.Call(at: code.address, of: code.module, under: inner) else {
      return []
    }
    // What stood under a signal's handler was interrupted, and in no call.
    let callers = lookUp.tailCallers(of: call, in: code.module)
    guard case .other = call, case .code(let other, let address) = inner else { return callers }
    if text(of: other).stable.origin == .runtime { return [] }
    // Where the inner frame has a name, it may be another one of the function that was entered.
    return callers.filter { caller, module in
      module == code.module
        || module == other && lookUp.frames(module: other, address: address).isEmpty
    }
  }
}
