/// The small change of sentences.
enum Wording {
  /// `1 call site`, `3 call sites`.
  static func count<Number: BinaryInteger>(
    _ number: Number, _ one: String, _ many: String? = nil
  ) -> String {
    number == 1 ? "1 \(one)" : "\(number) \(many ?? one + "s")"
  }

  static func times(_ number: Int) -> String { number == 1 ? "once" : "\(number) times" }

  /// `all 40`, `38 of 40`, `it`.
  static func share(_ count: Int, _ of: Int) -> String {
    if count == of { return of == 1 ? "it" : "all \(of)" }
    return "\(count) of \(of)"
  }

  /// What failed: getsockopt only tells how the connection ended.
  static func failure(of api: String, _ error: String) -> String {
    api == "getsockopt"
      ? "its connection failed with \(error), as getsockopt(SO_ERROR) told"
      : "\(api)() failed with \(error)"
  }

  static func over(_ ns: UInt64?) -> String { ns.map { " over \(DurationText.of($0))" } ?? "" }

  static func within(_ ns: UInt64?) -> String {
    ns.map { " within \(DurationText.of($0))" } ?? ""
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}

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
