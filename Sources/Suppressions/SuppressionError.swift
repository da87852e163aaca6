/// What is wrong with a suppression file: where, what, and what to do about it. One line, but
/// for what the file itself holds.
public struct SuppressionError: Error, Equatable, CustomStringConvertible {
  public var file: String
  public var line: Int
  public var problem: String

  public var description: String { "\(file):\(line): \(problem)" }
}
