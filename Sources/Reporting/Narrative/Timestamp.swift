/// Moments as RFC 3339 text in UTC.
public enum Timestamp {
  /// `2026-03-01T12:30:05.250Z` for nanoseconds since 1970.
  public static func text(_ ns: UInt64) -> String {
    let seconds = ns / 1_000_000_000
    let (year, month, day) = date(daysSince1970: Int(seconds / 86_400))
    let second = Int(seconds % 86_400)
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    let milliseconds = String(ns / 1_000_000 % 1_000 + 1_000).dropFirst()
    return "\(year)-\(two(month))-\(two(day))T"
      + "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)).\(milliseconds)Z"
  }

  /// The civil calendar in eras of 400 years that start on 1 March, after Howard Hinnant's
  /// "chrono-compatible low-level date algorithms".
  private static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSince1970 + 719_468
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }
}
