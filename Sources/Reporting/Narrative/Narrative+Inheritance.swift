extension Narrative {
  /// Files of one origin that programs were left with for one reason.
  private struct Origin: Hashable {
    var opener: Opener
    var site: Int?
    var causes: [String]
    var kind: String
    var isListening: Bool
    /// Tells apart what no site tells apart, and listeners: a reader looks for an address.
    var name: String?

    init(_ kept: Report.KeptFile) {
      opener = Opener(kept)
      site = kept.opened.site
      causes = kept.handles.map { "\($0.cause) \($0.made.site ?? -1)" }
      kind = kept.kind
      isListening = kept.isListening
      name = kept.isListening || kept.opened.site == nil ? kept.local ?? kept.name : nil
    }
  }

  /// Sixty runs of a program that each open a file in one line are one origin; but who opened
  /// a listener is asked for.
  private enum Opener: Hashable {
    case process(Int), program(String)

    init(_ kept: Report.KeptFile) {
      guard !kept.isListening, kept.opened.site != nil, let program = kept.opener.name.program
      else {
        self = .process(kept.opener.process)
        return
      }
      self = .program(program)
    }
  }

  /// One line of the table, and what is to be said about it.
  struct Kept: Equatable {
    /// Stands for all of that origin.
    var first: Report.KeptFile
    /// `Process.id`s of all that hold it.
    var holders: [Int]
    /// In the order of `columns`.
    var cells: [String]
    var sentence: String
    /// What to change, as sentences; empty when this is by design.
    var advice: [String]
  }

  static let keptColumns = ["holder", "fd", "what", "opened by", "why"]

  /// What started programs keep, in the order of the audit; one line for each origin.
  var inheritance: [Kept] {
    var order: [Origin] = []
    var groups: [Origin: [Report.KeptFile]] = [:]
    for kept in report.inheritance {
      let origin = Origin(kept)
      if groups[origin] == nil { order.append(origin) }
      groups[origin, default: []].append(kept)
    }
    return order.compactMap { origin in groups[origin].map { Kept(KeptGroup($0)) } }
  }
}

extension Narrative {
  private static let listenersTold = 2

  /// What keeps a port taken, and is no leak of its opener's: told where nothing else is to be read.
  /// For the sake of a program that ended before its opener none was.
  var keptNote: String {
    let count = report.inheritance.filter(Self.keepsListener).eachOnce.count
    guard report.siteCount(.leak) == 0, count > 0 else { return "" }
    let listeners = inheritance.map(\.first).filter(Self.keepsListener)
    let areOfThePast = listeners.allSatisfy(\.holder.isOfThePast)
    let told = listeners.prefix(Self.listenersTold).map(Self.whoKeeps)
      .joined(separator: "; ")
    let more = listeners.count - Self.listenersTold
    return
      " Started programs \(areOfThePast ? "kept" : "keep") \(Wording.count(count, "listener")):"
      + " \(told)\(more > 0 ? " +\(more) more" : "")."
  }

  private static func keepsListener(_ kept: Report.KeptFile) -> Bool {
    kept.isListening && kept.isAccused && kept.outlivesOpener
  }

  /// `pid 804 (worker) has 0.0.0.0:8080, opened by server at server.c:88`
  private static func whoKeeps(_ listener: Report.KeptFile) -> String {
    let have = listener.holder.isOfThePast ? "had" : "has"
    let what = listener.local ?? listener.name ?? "a \(Narrative.plural(listener.kind, 1))"
    let opener = listener.opener.name
    let place = listener.opened.place.map { " at \($0)" } ?? ""
    return "\(listener.holder.name.label) \(have) \(what), opened by"
      + " \(opener.program ?? opener.label)\(place)"
  }
}

extension Narrative.Kept {
  fileprivate init(_ group: KeptGroup) {
    first = group.first
    holders = group.parties.map(\.process)
    cells = [group.holders, group.numbers, group.what, group.opened, group.why]
    sentence = group.sentence
    var advice: [String] = []
    for case let line? in group.first.handles.map(\.advice) where !advice.contains(line) {
      advice.append(line)
    }
    self.advice = advice
  }
}
