/// A document of parts that is cut to a limit: the least important parts go first, as wholes,
/// and it says which.
struct MarkdownDocument {
  /// What a part is, the most important first.
  enum Kind: Int, CaseIterable, Comparable {
    /// Never cut.
    case head
    case summary, environment, reproduction, coverage, comparison, site, misuse, kept, marks
    case firstDetails, known, held, processes, details, clean, suppressions

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// `the details of 12 call sites`.
    func missing(_ count: Int) -> String {
      switch self {
      case .head: "the head"
      case .summary: "the table of findings"
      case .environment: "the environment"
      case .site: Wording.count(count, "call site")
      case .reproduction: "how to reproduce it"
      case .coverage: "the coverage"
      case .comparison: "the comparison"
      case .misuse: "wrong closes and uses"
      case .kept: "what started programs keep"
      case .marks: "the marks"
      case .firstDetails, .details: "the details of \(Wording.count(count, "call site"))"
      case .known: "what the baseline knows"
      case .held: "what is held"
      case .processes: "the processes"
      case .clean: "what was all closed"
      case .suppressions: "unused suppressions"
      }
    }
  }

  private struct Part {
    var kind: Kind
    var text: String
  }

  private var parts: [Part] = []

  /// Empty ones are none.
  mutating func append(_ kind: Kind, _ text: String) {
    if !text.isEmpty { parts.append(Part(kind: kind, text: text)) }
  }

  /// The document in at most `limit` UTF-8 bytes, as long as its head has room in them.
  /// - Parameter complete: where all of it is to be found.
  func text(limit: Int, complete: String) -> String {
    var size = parts.reduce(0) { $0 + $1.text.utf8.count }
    guard size > limit else { return parts.map(\.text).joined() }
    // Of one kind the last go first: sites stand in rank order.
    let order = parts.indices.filter { parts[$0].kind != .head }
      .sorted { (parts[$0].kind, $0) > (parts[$1].kind, $1) }
    var kept = parts
    var missing: [Kind: Int] = [:]
    var notice = ""
    for index in order where size + notice.utf8.count > limit {
      size -= kept[index].text.utf8.count
      kept[index].text = ""
      let kind = kept[index].kind == .firstDetails ? .details : kept[index].kind
      missing[kind, default: 0] += 1
      notice = Self.notice(missing, limit: limit, complete: complete)
    }
    let head = kept.prefix { $0.kind == .head }
    return (head.map(\.text) + [notice] + kept.dropFirst(head.count).map(\.text)).joined()
  }

  private static func notice(_ missing: [Kind: Int], limit: Int, complete: String) -> String {
    let parts = missing.sorted { $0.key < $1.key }.map { $0.key.missing($0.value) }
    return "\n> **This report is cut** to stay below \(limit) bytes. Left out:"
      + " \(Wording.list(parts)). \(complete)\n"
  }
}
