/// Spans of time for people: two units at most, ASCII.
enum DurationText {
  static func of(_ ns: UInt64) -> String {
    switch ns {
    case 0..<1_000: return "\(ns) ns"
    case 0..<1_000_000: return decimal(ns, per: 1_000) + " us"
    case 0..<1_000_000_000: return decimal(ns, per: 1_000_000) + " ms"
    case 0..<60_000_000_000: return decimal(ns, per: 1_000_000_000) + " s"
    default: break
    }
    let seconds = ns / 1_000_000_000
    let units: [(UInt64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
    guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
    let (size, name) = units[first]
    let whole = "\(seconds / size) \(name)"
    guard first + 1 < units.count, seconds % size / units[first + 1].0 > 0 else { return whole }
    return whole + " \(seconds % size / units[first + 1].0) \(units[first + 1].1)"
  }

  /// One decimal below ten, cut and not rounded, so that no unit reads as a full next one.
  private static func decimal(_ value: UInt64, per unit: UInt64) -> String {
    let whole = value / unit
    let tenth = value % unit * 10 / unit
    return whole >= 10 || tenth == 0 ? "\(whole)" : "\(whole).\(tenth)"
  }
}
