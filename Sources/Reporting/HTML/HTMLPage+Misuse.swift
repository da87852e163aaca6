extension HTMLPage {
  /// Wrong closes and uses, each with the stacks of all calls that it took.
  var misuse: Section? {
    let places = narrative.misusePlaces
    let count = places.count + report.unlisted.misuses
    guard count > 0 else { return nil }
    let all = places.map { (narrative.sentence($0), $0.first) }
    return Section(name: "misuse", title: "Wrong closes and uses", count: count) { out in
      list(all, omitted: report.unlisted.misuses, &out) { out, rows in
        out.element("ul", .class("plain"), content: rows)
      } _: { item, out in
        let (sentence, misuse) = item
        out.element(
          "li", .flag("data-item"), .number("data-process", misuse.process),
          .text("data-misuse", misuse.fingerprint)
        ) { out in
          out.element("p") { out in
            out.write(sentence + " ")
            out.element("code", .class("faint"), text: "[\(misuse.fingerprint)]")
          }
          fold(misuse.stack, "Stack of \(misuse.api)()", of: nil, &out)
          let before: [(String, Report.Stack?)] = [
            ("Where it was opened", misuse.openedAt), ("The close before", misuse.closedAt),
            ("Where it was noticed", misuse.noticedAt),
          ]
          for case (let label, let stack?) in before { fold(stack, label, of: nil, &out) }
        }
      }
    }
  }
}
