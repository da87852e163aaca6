import LeakAnalysis
import Symbolication
import TraceModel

/// Turns stack numbers into symbolized stacks: first tells what has to be looked up, then uses
/// what was found.
struct StackResolver {
  private let stacks: StackStore
  private let modules: [Int: TraceModel.Module]
  private var lookUp: LookUp
  var requests: [Symbolizer.Request] { lookUp.requests }

  /// Plans the look-up of all `wanted` stacks.
  init(_ findings: Findings, wanted: Set<StackNumber>) {
    stacks = findings.stacks
    modules = Dictionary(findings.modules.map { ($0.number, $0) }) { first, _ in first }
    var addresses: [Int: Set<UInt64>] = [:]
    for stack in wanted {
      for case .code(let module, let address) in stacks.frames(of: stack) {
        addresses[module, default: []].insert(address)
      }
    }
    lookUp = LookUp(addresses, in: modules)
  }

  /// Takes the results of `requests`, in their order.
  mutating func take(_ results: [ModuleSymbols]) { lookUp.take(results) }

  func stack(_ number: StackNumber) -> Report.Stack {
    let frames = stacks.frames(of: number)
    guard !frames.isEmpty else { return .missing }
    var stack = Report.Stack(frames: [])
    for frame in frames {
      switch frame {
      case .code(let module, let address):
        stack.frames += resolved(module: module, address: address)
      case .absolute(let address):
        stack.frames.append(Report.StackFrame(function: nil, module: nil, offset: address))
      case .cut: stack.end = .cut
      case .broken: stack.end = .broken
      }
    }
    return stack
  }

  func stack(ifAny number: StackNumber?) -> Report.Stack? {
    number.flatMap { $0 == 0 ? nil : stack($0) }
  }

  /// Modules that gave no symbols, and why.
  var bareModules: [Report.BareModule] {
    var bare: [Report.BareModule] = []
    for (number, request) in zip(lookUp.numbers, requests) {
      guard case .unavailable(let reason) = lookUp.symbols[number]?.status else { continue }
      bare.append(
        Report.BareModule(
          path: path(of: number), buildID: hexadecimal(request.module.buildID),
          code: reason.code, text: reason.text, addresses: request.addresses.count))
    }
    return bare.sorted { ($0.path, $0.buildID ?? "") < ($1.path, $1.buildID ?? "") }
  }

  private func path(of module: Int) -> String {
    modules[module]?.path ?? "[module \(module)]"
  }

  private func resolved(module number: Int, address: UInt64) -> [Report.StackFrame] {
    let path = path(of: number)
    let buildID = hexadecimal(modules[number]?.buildID ?? [])
    let found = lookUp.frames(module: number, address: address)
    guard !found.isEmpty else {
      return [
        Report.StackFrame(function: nil, module: path, buildID: buildID, offset: address)
      ]
    }
    return found.map { frame in
      Report.StackFrame(
        function: frame.function, file: frame.file, line: frame.line, column: frame.column,
        module: path, buildID: buildID, offset: address, isInlined: frame.isInlined)
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty else { return nil }
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension ModuleSymbols.Reason {
  /// Stable name for scripts.
  var code: String {
    switch self {
    case .missing: "missing"
    case .notAFile: "not_a_file"
    case .otherBuild: "other_build"
    case .unreadable: "unreadable"
    }
  }

  /// What follows the module's name in a sentence.
  var text: String {
    switch self {
    case .missing: "is not on this machine"
    case .notAFile: "is not a file on disk"
    case .otherBuild:
      "is another build than the traced one; its functions and lines would be wrong"
    case .unreadable(let why): "cannot be read: \(why)"
    }
  }
}
