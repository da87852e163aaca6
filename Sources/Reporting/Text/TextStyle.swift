/// How text is set on a terminal; the caller decides, this library asks nobody.
public struct TextStyle: Equatable, Sendable {
  /// Columns that no line exceeds, at least 40.
  public var width: Int
  /// Columns of running text: longer lines lose the reader on the way back.
  var measure: Int { min(width, 100) }
  /// ANSI colours and weights.
  public var usesColor: Bool
  /// Lines and marks beyond ASCII, and such text from the trace as it is.
  public var usesUnicode: Bool

  public init(width: Int = 80, usesColor: Bool = false, usesUnicode: Bool = true) {
    self.width = max(40, width)
    self.usesColor = usesColor
    self.usesUnicode = usesUnicode
  }

  /// What a piece of text is, apart from how it looks.
  enum Role {
    case plain, strong, faint, leak, suspect, good, label, focus

    /// SGR parameters (ECMA-48); from the basic set, which follows the terminal's own palette.
    var parameters: String? {
      switch self {
      case .plain: nil
      case .strong: "1"
      case .faint: "2"
      case .leak: "1;31"
      case .suspect: "1;33"
      case .good: "1;32"
      case .label: "36"
      case .focus: "1"
      }
    }
  }
}
