import LeakAnalysis

/// One report on its way to a document. The parts stand in files of their own, in the order in
/// which a reader asks.
struct HTMLPage {
  let report: Report
  let narrative: Narrative
  /// As the narrative's.
  let formerPlaces: [Int: String]
  let budget: Int
  /// Sites that can be linked to.
  let siteIDs: Set<Int>

  /// Rows of one list before "+N more".
  static let listLimit = 500

  init(_ report: Report, budget: Int) {
    self.report = report
    narrative = Narrative(report)
    formerPlaces = narrative.formerPlaces
    self.budget = budget
    self.siteIDs = Set(report.sites.map(\.id))
  }

  struct Section {
    var name: StaticString
    var title: String
    /// What stands in it, for the contents; nil where a number says nothing.
    var count: Int?
    var content: (inout Markup) -> Void
  }

  private var sections: [Section] {
    [
      leaks, timeline, suspects, known, marks, misuse, inheritance, held, processes, clean,
      coverage, environment, suppressions, comparison,
    ].compactMap { $0 }
  }

  func body(_ out: inout Markup) {
    let sections = sections
    out.element("a", .class("skip"), .link(.named("main")), text: "Skip to the findings")
    header(&out)
    out.element("nav", .set("aria-label", "Contents")) { out in
      out.element("ul") { out in
        for section in sections {
          out.element("li") { out in
            out.element("a", .link(.named(section.name))) { out in
              out.write(section.title)
              if let count = section.count {
                out.write(" ")
                out.element("span", .class("count"), text: "\(count)")
              }
            }
          }
        }
      }
    }
    tools(&out)
    out.element("main", .id(.named("main"))) { out in
      for section in sections { write(section, &out) }
    }
    out.element("footer") { out in
      out.element(
        "p", text: "Written by fdtrack-report. This file is complete: it loads and sends nothing.")
    }
    out.element("script") { $0.verbatim(HTMLResources.script) }
  }

  private func write(_ section: Section, _ out: inout Markup) {
    let title = Markup.Anchor.heading(section.name)
    out.element("section", .id(.named(section.name)), .labelled(by: title)) { out in
      out.element("h2", .id(title)) { out in
        out.write(section.title)
        if let count = section.count {
          out.write(" ")
          out.element("span", .class("count"), text: "\(count)")
        }
      }
      section.content(&out)
    }
  }

  // MARK: Parts of sections

  /// Ends lists early in a document that has become too long.
  func isFull(_ out: Markup) -> Bool { out.size > budget }

  /// Writes `items` until there are enough, and how many are left. Each is handed to `content`
  /// within the list that `open` writes.
  func list<Item>(
    _ items: some RandomAccessCollection<Item>, omitted: Int = 0, limit: Int = HTMLPage.listLimit,
    _ out: inout Markup,
    within open: (inout Markup, (inout Markup) -> Void) -> Void,
    _ content: @escaping (Item, inout Markup) -> Void
  ) {
    var written = 0
    if !items.isEmpty {
      open(&out) { out in
        for item in items.prefix(limit) {
          guard !isFull(out) else { break }
          content(item, &out)
          written += 1
        }
      }
    }
    let rest = items.count - written + omitted
    if rest > 0 {
      out.element("p", .class("more"), text: "+\(rest) more; the JSON report lists all.")
    }
  }

  /// A list of sentences, each of which a search finds.
  func sentences(_ lines: [String], _ out: inout Markup) {
    list(lines, &out, within: { out, rows in out.element("ul", .class("plain"), content: rows) }) {
      $1.element("li", .flag("data-item"), text: $0)
    }
  }

  /// A table that scrolls by itself where it is too wide, and says to readers of screens what it
  /// is.
  func table(
    _ label: StaticString, _ columns: [Column], _ out: inout Markup,
    _ rows: (inout Markup) -> Void
  ) {
    out.element(
      "div", .class("scroll"), .set("role", "group"), .set("tabindex", "0"),
      .set("aria-label", label)
    ) { out in
      out.element("table") { out in
        out.element("thead") { out in
          out.element("tr") { out in
            for column in columns {
              out.element(
                "th", .set("scope", "col"), column.isNumber ? .class("num") : nil,
                text: column.title)
            }
          }
        }
        rows(&out)
      }
    }
  }

  struct Column: ExpressibleByStringLiteral {
    var title: String
    var isNumber = false

    init(stringLiteral title: String) { self.title = title }
    static func number(_ title: String) -> Self {
      var column = Self(stringLiteral: title)
      column.isNumber = true
      return column
    }
  }
}

extension Verdict {
  var styleClass: StaticString {
    switch self {
    case .leak: "leak"
    case .suspect: "suspect"
    case .held: "held"
    case .suppressed: "suppressed"
    case .clean: "clean"
    }
  }
}
