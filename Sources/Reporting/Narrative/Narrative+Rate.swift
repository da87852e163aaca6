extension Narrative {
  /// `3 a second, limit in 5 min 5 s`; nil when there is not enough data.
  func shortRate(of site: Report.Site) -> String? {
    guard let growth = site.growth, growth.perHour.isFinite, growth.perHour > 0 else { return nil }
    let rate = Self.rate(growth.perHour) + (growth.steadiness == "bursts" ? ", in bursts" : "")
    return rate
      + (site.limitReachedInNs.map { ", limit in \(DurationText.of($0))" } ?? "")
  }

  func growth(of site: Report.Site) -> String {
    guard let growth = site.growth, growth.perHour.isFinite, growth.perHour > 0 else {
      return "Not enough data for a rate."
    }
    let rate = "\(Self.rate(growth.perHour)) more stay open"
    if growth.steadiness == "bursts" {
      return "On average \(rate), in bursts: no forecast is made from that."
    }
    let limit = site.limitReachedInNs.map {
      " At that rate the limit is reached in \(DurationText.of($0))."
    }
    let manner = growth.steadiness == "steady" ? "steadily" : "unevenly"
    return "About \(rate), \(manner).\(limit ?? "")"
  }

  /// In the unit that gives a number from 1 to 100 where possible.
  private static func rate(_ perHour: Double) -> String {
    func whole(_ value: Double) -> Int { Int(min(value.rounded(), 1e15)) }
    if perHour >= 3_600 { return "\(whole(perHour / 3_600)) a second" }
    if perHour >= 60 { return "\(whole(perHour / 60)) a minute" }
    if perHour >= 1 { return "\(whole(perHour)) an hour" }
    return "\(max(1, whole(perHour * 24))) a day"
  }
}
