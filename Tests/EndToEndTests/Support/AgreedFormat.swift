import Foundation
import Testing

/// What a report says of one site.
struct SiteClaim: Hashable, Comparable {
  var verdict: String
  /// Descriptors that are open.
  var live: Int
  var fingerprint: String

  static func < (a: Self, b: Self) -> Bool {
    (a.fingerprint, a.verdict, a.live) < (b.fingerprint, b.verdict, b.live)
  }
}

/// A format, and how to read back from it what all formats have to say alike. To hold another
/// one to that, add it to `all`.
struct AgreedFormat: Sendable, CustomTestStringConvertible {
  /// As `--format` takes it.
  let name: String
  /// Verdicts of the sites that it tells with their fingerprints; and with `--all`.
  var verdicts: Set<String> = ["leak", "suspect", "held"]
  var allVerdicts: Set<String> = ["leak", "suspect", "held", "clean"]
  /// The sites of a report in that format, in any order.
  let sites: @Sendable (String) throws -> [SiteClaim]
  /// Fingerprints of the wrong uses, where the format has these.
  var wrongUses: (@Sendable (String) throws -> [String])?

  var testDescription: String { name }
}

extension AgreedFormat {
  static let all = [text, markdown, html, jsonLines, sarif, junit]

  private static let text = AgreedFormat(
    name: "text", verdicts: ["leak", "suspect"], allVerdicts: ["leak", "suspect", "held"],
    sites: { text in
      text.matches(of: /(?m)^(LEAK|SUSPECT|HELD)  (\d+) .*\[([0-9a-f]{16})\]$/).map {
        SiteClaim(
          verdict: $0.1.lowercased(), live: Int($0.2) ?? -1, fingerprint: String($0.3))
      }
    })

  private static let markdown = AgreedFormat(
    name: "markdown", verdicts: ["leak", "suspect"], allVerdicts: ["leak", "suspect", "held"],
    sites: { text in
      let titles = text.matches(of: #/(?m)^[#]{2} (LEAK|SUSPECT|HELD): (\d+)/#)
      let fingerprints = text.matches(of: /(?m)^Fingerprint: `([0-9a-f]{16})`/)
      try #require(titles.count == fingerprints.count)
      return zip(titles, fingerprints).map {
        SiteClaim(
          verdict: $0.1.lowercased(), live: Int($0.2) ?? -1, fingerprint: String($1.1))
      }
    })

  private static let html = AgreedFormat(
    name: "html",
    sites: { text in
      let site =
        #/data-verdict="(\w+)" [^>]*data-live="(\d+)" data-fingerprint="([0-9a-f]{16})"/#
      return text.matches(of: site).map {
        SiteClaim(verdict: String($0.1), live: Int($0.2) ?? -1, fingerprint: String($0.3))
      }
    },
    wrongUses: { text in
      text.matches(of: /data-misuse="([0-9a-f]{16})"/).map { String($0.1) }
    })

  private static let jsonLines = AgreedFormat(
    name: "jsonl",
    sites: { text in
      try text.split(separator: "\n").map { line in
        let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return SiteClaim(
          verdict: try #require(row?["verdict"] as? String),
          live: try #require(row?["live"] as? Int),
          fingerprint: try #require(row?["fingerprint"] as? String))
      }
    })

  private static let sarif = AgreedFormat(
    name: "sarif", verdicts: ["leak", "suspect"], allVerdicts: ["leak", "suspect", "held"],
    sites: { text in
      try SARIFLog(text).results.compactMap { result in
        guard let live = result.properties.live, let verdict = result.properties.verdict else {
          return nil
        }
        return SiteClaim(verdict: verdict, live: live, fingerprint: result.fingerprint ?? "")
      }
    },
    wrongUses: { text in
      try SARIFLog(text).results.filter { $0.properties.count != nil }.map { $0.fingerprint ?? "" }
    })

  private static let junit = AgreedFormat(
    name: "junit", allVerdicts: ["leak", "suspect", "held"],
    sites: { text in
      let sites = text.matches(
        of:
          #/name="[^"]*\[([0-9a-f]{16})\][^>]*>\s*<(?:[^>0-9]*?|system-out>)(leak|suspect|held|clean)[^0-9]*(\d+) /#
      )
      return sites.filter { $0.2 != "clean" }.map {
        SiteClaim(verdict: String($0.2), live: Int($0.3) ?? -1, fingerprint: String($0.1))
      }
    },
    wrongUses: { text in
      text.matches(of: /classname="fdtrack.wrong_uses" name="[^"]*\[([0-9a-f]{16})\]/).map {
        String($0.1)
      }
    })
}
