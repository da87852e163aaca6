/// What suppressions look at. The cheap is asked for first, and the rest only when that holds.
public protocol Suppressible {
  /// The function that was called, by each of its names.
  var callNames: [String] { get }
  /// What the kernel made, such as `tcp`.
  var kindName: String { get }
  /// `leak` or `suspect`; nil before it is judged.
  var verdictName: String? { get }
  /// Sixteen hexadecimal digits; nil where functions have no names yet.
  var fingerprintText: String? { get }
  /// Whether something is open, and all of it satisfies a condition.
  func holdsOnly(where condition: (SuppressibleDescriptor) -> Bool) -> Bool
  /// Innermost first; none where functions have no names yet.
  var suppressibleFrames: [SuppressibleFrame] { get }
}

/// What a suppression may ask of one open descriptor.
public struct SuppressibleDescriptor: Equatable, Sendable {
  /// Its path, link or addresses.
  public var names: [String]
  /// `raw`, `FILE`, `DIR`, `popen`, `libc`.
  public var owner: String

  public init(names: [String], owner: String) {
    self.names = names
    self.owner = owner
  }
}

/// One frame of a stack; what is not known is nil.
public struct SuppressibleFrame: Equatable, Sendable {
  /// The function's names: with its parameters and without.
  public var functions: [String]
  /// The path of the program or library.
  public var module: String?
  public var file: String?
  public var line: Int?

  public init(functions: [String], module: String?, file: String?, line: Int?) {
    self.functions = functions
    self.module = module
    self.file = file
    self.line = line
  }
}
