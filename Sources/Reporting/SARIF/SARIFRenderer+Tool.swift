extension SARIFRenderer {
  private static let taxonomyName = "CWE"

  /// The members of the `driver`.
  func driver(_ notifications: [Notification], _ json: inout JSONWriter) {
    json.member("fullName", "fdtrack \(version), file descriptor leaks of running programs")
    json.member("name", "fdtrack")
    json.member("notifications", notifications.map(\.kind).uniqued()) { json, kind in
      json.object {
        $0.member("id", VisibleText.escaped(kind.id))
        $0.member("shortDescription") { $0.member("text", SARIFText.escaped(kind.text)) }
      }
    }
    json.member("rules", SARIFRule.all) { rule(&$0, $1) }
    json.member("semanticVersion", version)
    json.member("supportedTaxonomies", CollectionOfOne(())) { json, _ in
      json.object { taxonomyReference(&$0) }
    }
    json.member("version", version)
  }

  private func rule(_ json: inout JSONWriter, _ rule: SARIFRule) {
    json.object { json in
      json.member("defaultConfiguration") { $0.member("level", rule.level.rawValue) }
      json.member("fullDescription") { $0.member("text", rule.summary + " " + rule.meaning) }
      json.member("help") {
        $0.member("markdown", "\(rule.meaning)\n\n**What to change:** \(rule.help)")
        $0.member("text", rule.meaning + " " + rule.help)
      }
      json.member("id", rule.id)
      json.member("name", rule.name)
      json.member("properties") { json in
        json.member("precision", rule.precision)
        json.member(
          "problem.severity",
          rule.level == .note ? "recommendation" : rule.level.rawValue)
        let weaknesses = rule.weaknesses.map { "external/cwe/cwe-\($0.rawValue)" }
        json.member("tags", ["file-descriptor", "reliability"] + weaknesses)
      }
      json.member("relationships", rule.weaknesses) { json, weakness in
        json.object { json in
          json.member("kinds", ["superset"])
          json.member("target") { json in
            json.member("id", "\(weakness.rawValue)")
            json.member("toolComponent") { taxonomyReference(&$0) }
          }
        }
      }
      json.member("shortDescription") { $0.member("text", rule.summary) }
    }
  }

  private func taxonomyReference(_ json: inout JSONWriter) {
    json.member("index", 0)
    json.member("name", Self.taxonomyName)
  }

  /// The members of the taxonomy: of the Common Weakness Enumeration, what rules are of.
  func taxonomy(_ json: inout JSONWriter) {
    json.member("informationUri", "https://cwe.mitre.org/")
    json.member("isComprehensive", false)
    json.member("name", Self.taxonomyName)
    json.member("organization", "MITRE")
    json.member("shortDescription") { $0.member("text", "Common Weakness Enumeration") }
    json.member("taxa", SARIFRule.Weakness.allCases) { json, weakness in
      json.object { json in
        json.member("helpUri", "https://cwe.mitre.org/data/definitions/\(weakness.rawValue).html")
        json.member("id", "\(weakness.rawValue)")
        json.member("name", weakness.name)
        json.member("shortDescription") { $0.member("text", weakness.name + ".") }
      }
    }
    json.member("version", "4.13")
  }
}

extension Array where Element: Hashable {
  /// In order, each once.
  fileprivate func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
