import Symbolication
import TraceModel

/// Addresses to be looked up, as one request for each module, and their results.
struct LookUp {
  /// Modules in the order of the requests.
  let numbers: [Int]
  let requests: [Symbolizer.Request]
  private(set) var symbols: [Int: ModuleSymbols] = [:]
  /// The lowest where several are of one file.
  private let numberByModule: [ModuleIdentity: Int]

  /// - Parameter addresses: by module, each once; so are `calls`.
  init(
    _ addresses: [Int: [UInt64]], calls: [Int: [ModuleSymbols.Call]] = [:],
    in modules: [Int: TraceModel.Module]
  ) {
    let known = addresses.keys.filter { modules[$0] != nil }.sorted()
    numbers = known
    let requests = known.map { number in
      Symbolizer.Request(
        module: ModuleIdentity(
          path: modules[number]?.path ?? "", buildID: modules[number]?.buildID ?? []),
        addresses: (addresses[number] ?? []).sorted(), calls: calls[number] ?? [])
    }
    self.requests = requests
    numberByModule = Dictionary(zip(requests.map(\.module), known)) { first, _ in first }
  }

  /// Takes the results of `requests`, in their order.
  mutating func take(_ results: [ModuleSymbols]) {
    for (number, result) in zip(numbers, results) { symbols[number] = result }
  }

  func frames(module: Int, address: UInt64) -> [SourceFrame] {
    symbols[module]?.frames(at: address) ?? []
  }

  /// Where functions were called that left no frame.
  var tailCallPlaces: [CodePlace] {
    symbols.flatMap { module, symbols in
      symbols.addressesOfTailCallers.map { CodePlace(module: module, address: $0) }
    }
  }

  /// Those of a place and, inside of them, of the functions that its call led through.
  func frames(
    module: Int, address: UInt64, leadingThrough call: ModuleSymbols.Call?
  ) -> [SourceFrame] {
    let left = call.map { tailCallers(of: $0, in: module) } ?? []
    return left.flatMap(\.caller.frames) + frames(module: module, address: address)
  }

  /// With the numbers of their modules.
  func tailCallers(
    of call: ModuleSymbols.Call, in module: Int
  ) -> [(caller: TailCaller, module: Int)] {
    (symbols[module]?.tailCallers(of: call) ?? []).compactMap { caller in
      guard let other = caller.module else { return (caller, module) }
      return numberByModule[other].map { (caller, $0) }
    }
  }
}
