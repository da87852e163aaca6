/// What programs said they were doing, by one name.
public struct MarkFinding: Equatable, Sendable {
  public internal(set) var name: String
  /// How often it began, over the whole tree.
  public internal(set) var runs = 0
  public internal(set) var firstBegunNs: UInt64?

  /// Of all whose names could not be stored.
  static let lostName = "(name not kept)"
}
