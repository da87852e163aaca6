/// Translates code addresses to functions and lines with elfutils.
///
/// libdw is not thread-safe, so every handle lives and ends inside one call of
/// ``symbolize(_:progress:)``; the symbolizer itself is a value that threads may share.
///
/// Separate debug files are found by build-id and debuginfo link, `dwz` supplements by their
/// own links, and debuginfod servers are asked when `DEBUGINFOD_URLS` is set: elfutils'
/// `dwfl_standard_find_debuginfo`.
public struct Symbolizer: Sendable {
  /// The addresses to look up in one module.
  public struct Request: Sendable {
    public var module: ModuleIdentity
    /// Link-time virtual addresses inside the instruction that is meant: for a call, the
    /// return address minus one. In any order, repeats allowed.
    public var addresses: [UInt64]
    /// What frames of the module called: functions that left no frame are looked for there.
    public var calls: [ModuleSymbols.Call]

    public init(
      module: ModuleIdentity, addresses: [UInt64], calls: [ModuleSymbols.Call] = []
    ) {
      self.module = module
      self.addresses = addresses
      self.calls = calls
    }
  }

  /// How far a batch is.
  public struct Progress: Equatable, Sendable {
    public var addressesDone: Int
    public var addressesTotal: Int
    /// The path of the module being read.
    public var module: [UInt8]
  }

  /// Directories beside `.debug` and `/usr/lib/debug` that hold debug files, laid out the same.
  public var debugDirectories: [String]
  /// Root directories of others, such as `/proc/PID/root` of a container's process: a module that
  /// is not at its path, or is another build there, is looked for below these. Its build-id alone
  /// tells that it is the one, so that a module without one is not.
  public var roots: [String]
  /// Names of all functions whose calls are recorded.
  public var recorded: Set<String>

  public init(
    debugDirectories: [String] = [], roots: [String] = [], recorded: Set<String> = []
  ) {
    self.debugDirectories = debugDirectories
    self.roots = roots
    self.recorded = recorded
  }

  /// Looks up a batch; the result has one element for each request, in their order.
  ///
  /// Each file is opened once, and its addresses are taken in ascending order. `progress` is
  /// called on the calling thread, at least once for each module.
  public func symbolize(
    _ requests: [Request], progress: (Progress) -> Void = { _ in }
  ) -> [ModuleSymbols] {
    let (files, places) = Self.byFile(requests)
    var now = Progress(
      addressesDone: 0, addressesTotal: requests.reduce(0) { $0 + $1.addresses.count }, module: [])
    var symbols = files.map { request in
      now.module = request.module.path
      progress(now)
      let done = now.addressesDone
      let symbols = symbolize(request) { count in
        now.addressesDone = done + count
        progress(now)
      }
      now.addressesDone = done + request.addresses.count
      return symbols
    }
    findTailCallersElsewhere(in: files, &symbols)
    return places.map { symbols[$0] }
  }

  /// Looks for functions in one module of the batch that were called in another one; where several
  /// modules have one of the name nothing tells which was called.
  private func findTailCallersElsewhere(
    in files: [Request], _ symbols: inout [ModuleSymbols]
  ) {
    let names = Set(symbols.lazy.flatMap(\.symbolsEntered.values))
    guard !names.isEmpty else { return }
    // Of recorded calls, and of others.
    var callers: [String: (recorded: [TailCaller], other: [TailCaller])] = [:]
    for file in files {
      guard
        let module = try? OpenModule(
          file.module, debugDirectories: debugDirectories, roots: roots)
      else { continue }
      let definitions = CallTargets(module.module).definitions(of: names)
      guard !definitions.isEmpty else { continue }
      var lookup = AddressLookup(module)
      for (name, entry) in definitions {
        func ofFile(_ callers: [TailCaller]) -> [TailCaller] {
          callers.map { TailCaller(address: $0.address, frames: $0.frames, module: file.module) }
        }
        let found = (
          recorded: ofFile(lookup.tailCallers(enteredAt: entry, named: recorded)),
          other: ofFile(lookup.exported(enteredAt: entry))
        )
        callers[name] = callers[name] == nil ? found : ([], [])
      }
    }
    for file in symbols.indices {
      for (call, name) in symbols[file].symbolsEntered {
        guard let found = callers[name] else { continue }
        let callers = if case .recorded = call { found.recorded } else { found.other }
        if !callers.isEmpty { symbols[file].tailCallers[call] = callers }
      }
    }
  }

  /// One request for each file, and the place of each of `requests` among them: a trace may
  /// name one file often, and each opening of a large one takes long.
  private static func byFile(_ requests: [Request]) -> (files: [Request], places: [Int]) {
    var known: [FileIdentity: Int] = [:]
    var files: [Request] = []
    let places = requests.map { request in
      let identity = FileIdentity(request.module)
      if let place = known[identity] {
        files[place].addresses += request.addresses
        files[place].calls += request.calls
        return place
      }
      known[identity] = files.count
      files.append(request)
      return files.count - 1
    }
    return (files, places)
  }

  /// Addresses between two calls of the progress callback.
  private static let progressStride = 256

  private func symbolize(_ request: Request, progress: (Int) -> Void) -> ModuleSymbols {
    do {
      let module = try OpenModule(
        request.module, debugDirectories: debugDirectories, roots: roots)
      var lookup = AddressLookup(module)
      var frames: [UInt64: [SourceFrame]] = [:]
      frames.reserveCapacity(request.addresses.count)
      var done = 0
      var last: UInt64?
      for address in request.addresses.sorted() {
        if address != last { frames[address] = lookup.frames(at: address) }
        last = address
        done += 1
        if done % Self.progressStride == 0 { progress(done) }
      }
      var tailCallers: [ModuleSymbols.Call: [TailCaller]] = [:]
      for call in request.calls where tailCallers[call] == nil {
        let found = lookup.tailCallers(of: call, named: recorded)
        if !found.isEmpty { tailCallers[call] = found }
      }
      var symbols = ModuleSymbols(
        status: lookup.status, frames: frames, tailCallers: tailCallers)
      for call in request.calls {
        symbols.symbolsEntered[call] = lookup.symbolEntered(by: call, named: recorded)
      }
      return symbols
    } catch {
      return ModuleSymbols(status: .unavailable(error))
    }
  }
}
