/// One function of a stack, with where in its source the next inner function was called.
///
/// A code address stands for several of these when functions were inlined.
public struct SourceFrame: Hashable, Sendable {
  /// Demangled and tidied, see ``FunctionName``; nil when no symbol covers the address.
  public var function: String?
  /// As the compiler recorded it, absolute where possible; nil without line information.
  public var file: String?
  /// From 1; nil without line information.
  public var line: Int?
  /// From 1; nil where the compiler recorded none.
  public var column: Int?
  /// The function was inlined into the next outer frame.
  public var isInlined: Bool
  /// The function jumped to what it called last, and left no frame: the call of the next outer
  /// frame tells that it was entered.
  public var isTailCall = false

  public init(
    function: String?, file: String? = nil, line: Int? = nil, column: Int? = nil,
    isInlined: Bool = false
  ) {
    self.function = function
    self.file = file
    self.line = line
    self.column = column
    self.isInlined = isInlined
  }
}
