/// Numbers in the few columns that a screen has for them.
enum WatchText {
  /// `59s`, `12m03`, `3h12m`, `4d03h`; at most six columns for all that is below 1000 days.
  static func age(_ ns: UInt64) -> String {
    let seconds = ns / 1_000_000_000
    func two(_ value: UInt64) -> String { (value < 10 ? "0" : "") + String(value) }
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3600 { return "\(seconds / 60)m\(two(seconds % 60))" }
    if seconds < 86_400 { return "\(seconds / 3600)h\(two(seconds / 60 % 60))m" }
    return "\(seconds / 86_400)d\(two(seconds / 3600 % 24))h"
  }

  /// A rate per second in the unit in which it is one or more: `+3.2/s`, `-12/m`, `+1.5/h`; `0`
  /// for none, `-` while it is not known.
  static func rate(_ perSecond: Double?) -> String {
    guard let perSecond, perSecond.isFinite else { return "-" }
    let size = abs(perSecond)
    if size == 0 { return "0" }
    let (value, unit) =
      size >= 1 ? (size, "s") : size * 60 >= 1 ? (size * 60, "m") : (size * 3600, "h")
    return (perSecond < 0 ? "-" : "+") + number(value) + "/" + unit
  }

  /// One decimal below ten.
  private static func number(_ value: Double) -> String {
    guard value < 9.95 else { return count(UInt64(min(value.rounded(), 1e18))) }
    let tenths = UInt64((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// As it is up to six digits, then in thousands, millions and so on.
  static func count(_ value: UInt64) -> String {
    if value < 1_000_000 { return String(value) }
    var (rest, unit) = (value, "")
    for name in ["k", "M", "G", "T", "P"] where rest >= 100_000 {
      (rest, unit) = (rest / 1000, name)
    }
    return "\(rest)\(unit)"
  }

  static func fds(_ count: Int) -> String { count == 1 ? "1 fd" : "\(count) fds" }

  static func percent(_ load: Double) -> String { "\(Int(min(load * 100, 9999).rounded()))%" }
}
