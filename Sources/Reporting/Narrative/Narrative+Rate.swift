import LeakAnalysis

extension Narrative {
  /// `3 a second, limit in 5 min 5 s`; nil when there is not enough data.
  func shortRate(of site: Report.Site) -> String? {
    guard let growth = site.growth, growth.perHour.isFinite, growth.perHour > 0 else { return nil }
    let rate = Self.rate(growth.perHour) + (growth.steadiness == "bursts" ? ", in bursts" : "")
    switch growth.end {
    case .limit: return rate + " until the limit"
    case .rest(let moment, _): return rate + " until \(DurationText.of(moment))"
    case nil:
      return rate + (site.limitReachedInNs.map { ", limit in \(DurationText.of($0))" } ?? "")
    }
  }

  func growth(of site: Report.Site) -> String {
    guard let growth = site.growth, growth.perHour.isFinite, growth.perHour > 0 else {
      return "Not enough data for a rate."
    }
    let rate = Self.rate(growth.perHour)
    let (about, manner) =
      switch growth.steadiness {
      case "bursts": ("On average", "in bursts")
      case "steady": ("About", "steadily")
      default: ("About", "unevenly")
      }
    if let end = growth.end {
      return "\(about) \(rate) more stayed open, \(manner), until \(Self.text(of: end))."
    }
    let forecast =
      growth.steadiness == "bursts"
      ? ": no forecast is made from that."
      : "."
        + (site.limitReachedInNs.map {
          " At that rate the limit is reached in \(DurationText.of($0))."
        } ?? "")
    return "\(about) \(rate) more stay open, \(manner)\(forecast)"
  }

  private static func text(of end: Growth.End) -> String {
    switch end {
    case .limit(let moment):
      "the limit was reached"
        + (moment.map { ", \(DurationText.of($0)) after the start" } ?? "")
    case .rest(let moment, let time):
      "\(DurationText.of(moment)) after the start, and none in the \(DurationText.of(time)) since"
    }
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
