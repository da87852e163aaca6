import LeakAnalysis

extension HTMLPage {
  /// The verdict, which run it was, and the totals.
  func header(_ out: inout Markup) {
    out.element("header", .class("top")) { out in
      out.element("p", .class("kicker"), text: "fdtrack report")
      out.element("h1", .class(mood), text: narrative.headline)
      for (index, line) in narrative.context.enumerated() {
        out.element("p", .class("context")) { out in
          if index == 0 {
            out.element("code", text: line)
          } else {
            out.write(line)
          }
        }
      }
      out.element("dl", .class("totals")) { out in
        for total in totals {
          out.element("div", .class(total.mood)) { out in
            out.element("dt", text: total.title)
            out.element("dd") { out in
              out.element("b", text: total.number)
              if !total.note.isEmpty { out.write(" " + total.note) }
            }
          }
        }
      }
    }
  }

  private var mood: StaticString {
    if report.siteCount(.leak) > 0 { return "leak" }
    if report.siteCount(.suspect) > 0 || report.omitted.leaks > 0
      || !report.wasSeenInFull
    {
      return "suspect"
    }
    return "held"
  }

  private struct Total {
    var mood: StaticString
    var title: String
    var number: String
    var note = ""
  }

  private var totals: [Total] {
    var totals = [total(.leak, "Leaks"), total(.suspect, "Suspects"), total(.held, "Held")]
    if report.siteCount(.suppressed) > 0 { totals.append(total(.suppressed, "Suppressed")) }
    let misuses = narrative.misusePlaces.count + report.unlisted.misuses
    if misuses > 0 {
      totals.append(Total(mood: "suspect", title: "Wrong uses", number: "\(misuses)"))
    }
    let kept = report.inheritance.count(where: \.isAccused)
    if kept > 0 {
      totals.append(
        Total(
          mood: "suspect", title: "Kept over exec", number: "\(kept)",
          note: kept == 1 ? "file" : "files"))
    }
    // What went on as another program is told there.
    let open = report.processes.reduce(0) { $1.endKind == "exec" ? $0 : $0 + $1.openAtEnd }
    totals.append(
      Total(
        mood: "clean", title: "Open at the end", number: "\(open)",
        note: "in \(Wording.count(report.processes.count, "process", "processes"))"))
    totals.append(
      report.isLossy
        ? Total(mood: "suspect", title: "Trace", number: "incomplete")
        : Total(mood: "clean", title: "Trace", number: "complete"))
    return totals
  }

  private func total(_ verdict: Verdict, _ title: String) -> Total {
    let sites = report.siteCount(verdict)
    return Total(
      mood: sites > 0 ? verdict.styleClass : "clean", title: title,
      number: "\(report.liveCount(verdict))",
      note: sites == 0 ? "fds" : "fds of \(Wording.count(sites, "call site"))")
  }

  /// Search and filters: shown by the script, without which they would do nothing.
  func tools(_ out: inout Markup) {
    out.element(
      "div", .id(.named("tools")), .set("role", "search"), .set("aria-label", "Findings"),
      .flag("hidden")
    ) { out in
      out.element("label", .class("query")) { out in
        out.element("span", text: "Search")
        out.void(
          "input", .id(.named("q")), .set("type", "search"), .set("autocomplete", "off"),
          .set("spellcheck", "false"), .set("placeholder", "function, path, address, pid ( / )"))
      }
      out.element("output", .id(.named("matches")), .set("role", "status"), text: "")
      verdictFilter(&out)
      choice("kind", "Kind", kinds, &out)
      choice("process", "Process", processChoices, &out)
      out.element("button", .set("type", "button"), .id(.named("fold")), text: "Unfold all")
      out.element("button", .set("type", "button"), .id(.named("clear")), text: "Clear")
      keys(&out)
    }
  }

  private func verdictFilter(_ out: inout Markup) {
    let verdicts = Verdict.allCases.filter { report.siteCount($0) > 0 }
    guard verdicts.count > 1 else { return }
    out.element("fieldset") { out in
      out.element("legend", text: "Verdict")
      for verdict in verdicts {
        out.element("label") { out in
          out.void(
            "input", .set("type", "checkbox"), .set("name", "verdict"), .flag("checked"),
            .set("value", verdict.styleClass))
          out.write(" \(verdict.rawValue)")
        }
      }
    }
  }

  private func choice(
    _ name: StaticString, _ label: String, _ options: [(value: String, label: String)],
    _ out: inout Markup
  ) {
    guard options.count > 1 else { return }
    out.element("label") { out in
      out.element("span", text: label)
      out.element("select", .id(.named(name))) { out in
        out.element("option", .text("value", ""), text: "all")
        for option in options.prefix(Self.listLimit) {
          out.element("option", .text("value", option.value), text: option.label)
        }
      }
    }
  }

  private var kinds: [(value: String, label: String)] {
    Set(report.sites.map(\.kind)).sorted().map { ($0, VisibleText.cut($0, to: 40)) }
  }

  private var processChoices: [(value: String, label: String)] {
    report.processes.prefix(Self.listLimit).map {
      ("\($0.id)", VisibleText.cut($0.label, to: 40))
    }
  }

  private func keys(_ out: inout Markup) {
    let keys: [(String, String)] = [
      ("/", "search"), ("Esc", "clear the search"), ("j", "next finding"),
      ("k", "previous finding"), ("o", "open or close it"), ("x", "unfold or fold all"),
      ("?", "this list"),
    ]
    out.element("details", .id(.named("keys"))) { out in
      out.element("summary", text: "Keys")
      out.element("dl") { out in
        for (key, meaning) in keys {
          out.element("div") { out in
            out.element("dt") { $0.element("kbd", text: key) }
            out.element("dd", text: meaning)
          }
        }
      }
      out.element("label") { out in
        out.void("input", .id(.named("keys-on")), .set("type", "checkbox"), .flag("checked"))
        out.write(" Keys are on")
      }
    }
  }
}
