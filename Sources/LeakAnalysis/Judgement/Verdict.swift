/// In order of severity; the raw value is the name used in JSON.
public enum Verdict: String, Comparable, CaseIterable, Sendable {
  case leak, suspect, held
  /// Never found: what a report makes of a finding that its reader has chosen to leave alone.
  case suppressed
  case clean

  /// 0 is the worst.
  public var rank: Int {
    switch self {
    case .leak: 0
    case .suspect: 1
    case .held: 2
    case .suppressed: 3
    case .clean: 4
    }
  }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}
