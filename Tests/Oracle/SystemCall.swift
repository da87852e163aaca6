/// One frame under a system call, as `strace -k` prints it: innermost first.
public struct StackFrame: Equatable, Sendable {
  /// File name of the object, without its folder.
  public var module: String
  /// The nearest symbol, without its version; empty when there is none.
  public var function: String

  public init(module: String, function: String) {
    self.module = module
    self.function = function
  }
}

/// One system call of one thread, from its entry to its return.
public struct SystemCall: Equatable, Sendable {
  public var thread: Int
  public var name: String
  /// Separated at the top level: `["AT_FDCWD", "\"/dev/null\"", "O_RDONLY"]`.
  public var arguments: [String] = []
  /// Nil when the call did not return, or not with a number.
  public var result: Int?
  /// `EBADF`, when it failed.
  public var error: String?
  /// Numbers of the lines where it was entered and where it returned, from 1.
  public var entered: Int
  public var returned: Int?
  public var stack: [StackFrame] = []

  /// The argument as a number; nil when it is none.
  public func number(_ index: Int) -> Int? {
    arguments.indices.contains(index) ? Int(leading: arguments[index]) : nil
  }

  /// Whether a flag argument holds `flag`.
  public func argument(_ index: Int, has flag: String) -> Bool {
    arguments.indices.contains(index) && arguments[index].hasWord(flag)
  }
}

/// What a log tells, in the order of its lines.
public struct StraceLog: Equatable, Sendable {
  public enum Event: Equatable, Sendable {
    /// Indices into `calls`.
    case entered(Int)
    case returned(Int)
    /// A thread's end; nil: by a signal.
    case ended(thread: Int, status: Int?, line: Int)
  }

  public var calls: [SystemCall] = []
  public var events: [Event] = []
}

extension Int {
  /// The number that `text` starts with: decimal or hexadecimal, after which
  /// strace may explain it (`0x1 /* FD_CLOEXEC */`).
  init?(leading text: String) {
    var digits = Substring(text)
    let isNegative = digits.first == "-"
    if isNegative { digits.removeFirst() }
    let radix = digits.hasPrefix("0x") ? 16 : 10
    if radix == 16 { digits.removeFirst(2) }
    digits = digits.prefix { $0.isHexDigit && (radix == 16 || $0.isNumber) }
    guard let value = Int(digits, radix: radix) else { return nil }
    self = isNegative ? -value : value
  }
}

extension String {
  /// Whether one of the words between `|` is `word`.
  func hasWord(_ word: String) -> Bool {
    split(separator: "|").contains { $0 == word }
  }
}
