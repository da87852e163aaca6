/// Whose doing a system call was, told from its stack.
public enum Origin: Hashable, Sendable {
  /// Inside a wrapper of the shim. More than one when wrapped functions call each
  /// other; innermost first.
  case wrapper([String])
  /// The shim for itself, outside of any wrapper.
  case shim
  /// The loader.
  case loader
  /// libc, called by a function that has no wrapper.
  case libc
  /// A system call instruction of the program's own, or a stack that could not be
  /// followed.
  case program

  init(_ stack: [StackFrame], calls: Set<String>) {
    let wrappers = stack.compactMap { frame in
      frame.module == Self.shimName ? Self.wrapper(frame.function, calls) : nil
    }
    if !wrappers.isEmpty {
      self = .wrapper(wrappers)
    } else if stack.first?.module == Self.shimName {
      self = .shim
    } else if let first = stack.first?.module, first.hasPrefix("ld-linux") {
      self = .loader
    } else if let first = stack.first?.module, first.hasPrefix("libc.so") {
      self = .libc
    } else {
      self = .program
    }
  }

  static let shimName = "libfdtrack.so"

  /// The call of calls.def that a function of the shim is the wrapper of.
  private static func wrapper(_ function: String, _ calls: Set<String>) -> String? {
    if calls.contains(function) { return function }
    if function == "fdt_hook_syscall" || function == "fdt_hook_clone" { return "syscall" }
    // One of several versions: fdt_posix_spawn_2_15.
    guard function.hasPrefix("fdt_"), let end = function.firstRange(of: "_2_") else { return nil }
    let name = String(function[..<end.lowerBound].dropFirst(4))
    return calls.contains(name) ? name : nil
  }

  /// Whether a wrapper of that name may have told of it.
  func isIn(_ call: String) -> Bool {
    if case .wrapper(let names) = self { names.contains(call) } else { false }
  }

  /// The name by which the trace should know it.
  public var name: String {
    switch self {
    case .wrapper(let names): names[0]
    case .shim: "(the shim)"
    case .loader: "(the loader)"
    case .libc: "(libc)"
    case .program: "(no wrapper)"
    }
  }
}
