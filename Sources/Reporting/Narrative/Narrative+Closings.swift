import LeakAnalysis
import TraceModel

extension Narrative {
  func closings(of site: Report.Site) -> [String] {
    if site.closers.isEmpty, let elsewhere = site.closedElsewhere {
      return ["None of these; of the same \(site.api)(), called another way, \(closing(elsewhere))"]
    }
    return closers(of: site).prefix(3).map { closing($0, site.name(of: $0)) }
  }

  /// Those that a reader cannot tell apart, as one: with the stack and the median of the one
  /// that closes most.
  func closers(of site: Report.Site) -> [Report.Closer] {
    var places: [String: Int] = [:]
    var merged: [Report.Closer] = []
    for closer in site.closers {
      let place = closer.api + (closer.stack.focus?.phrase ?? "")
      guard let index = places[place] else {
        places[place] = merged.count
        merged.append(closer)
        continue
      }
      merged[index].count = merged[index].count.addingWithSaturation(closer.count)
      merged[index].ends = merged[index].ends + closer.ends
      merged[index].isAtEnd = merged[index].isAtEnd && closer.isAtEnd
      merged[index].minNs = zip(merged[index].minNs, closer.minNs).map(min)
      merged[index].maxNs = zip(merged[index].maxNs, closer.maxNs).map(max)
    }
    return merged.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }.map(\.element)
  }

  private func zip<Value>(_ a: Value?, _ b: Value?) -> (Value, Value)? {
    guard let a, let b else { return nil }
    return (a, b)
  }

  private func closing(_ closer: Report.Closer, _ what: String = "other") -> String {
    let place = closer.stack.placePhrase
    var text = "\(Wording.count(closer.count, what)) by \(closer.api)()\(place)"
    if let low = closer.minNs, let high = closer.maxNs {
      let (least, most) = (DurationText.of(low), DurationText.of(high))
      text += least == most ? ", after \(least)" : ", after \(least) to \(most)"
      // Of two nothing is mostly so.
      if least != most, closer.count > 2, let median = closer.medianNs {
        text += ", median about \(DurationText.of(median))"
      }
    }
    return text + (closer.isAtEnd ? ", as processes ended." : ".")
  }
}
