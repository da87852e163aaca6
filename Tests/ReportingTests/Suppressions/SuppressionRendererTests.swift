import LeakAnalysis
import Suppressions
import Testing

@testable import Reporting

@Suite("Generated suppressions")
struct SuppressionRendererTests {
  @Test("A block for each finding reads as agreed")
  func golden() {
    #expect(
      SuppressionRenderer().render(Sample.report) == """
        # leak: 40 tcp sockets from socket() in new_socket at client.c:38
        {
          leak: socket() in new_socket at client.c:38
          fingerprint: \(Sample.leak.fingerprint)
          # What it is, to be used instead and made more general with * and ...:
          # api: socket
          # kind: tcp
          # fun: new_socket
          # fun: dial
          # fun: main
        }

        # suspect: 3 files from fopen() in cache::Store::load at cache.cc:203
        {
          suspect: fopen() in cache::Store::load at cache.cc:203
          fingerprint: \(Sample.suspect.fingerprint)
          verdict: suspect
          # What it is, to be used instead and made more general with * and ...:
          # api: fopen
          # kind: file
          # ...
          # fun: cache::Store::load(std::string const&)
          # fun: main
        }

        """)
  }

  private func suppressed(_ report: Report, by text: String) throws -> Report {
    var report = report
    let list = SuppressionList(try SuppressionFile.parse(text.utf8, file: "f"))
    report.suppressions = ReportAssembly.suppress(&report.sites, by: list)
    return report
  }

  @Test("Fed back, they suppress every finding, and so do the frames in their place")
  func fedBack() throws {
    var hostile = Hostile.report
    // Kinds are of a fixed list; anything else is refused where a file is read.
    hostile.sites[0].kind = "tcp"
    for report in [Sample.report, hostile] {
      let findings = report.sites.filter { $0.verdict <= .suspect }
      let text = SuppressionRenderer().render(report)
      let frames = text.split(separator: "\n").filter { !$0.contains("fingerprint:") }
        .map { $0.hasPrefix("  # ") && !$0.contains("What it is") ? $0.dropFirst(4) : $0 }
      for text in [text, frames.joined(separator: "\n")] {
        let after = try suppressed(report, by: text)
        #expect(Set(after.sites(.suppressed).map(\.id)) == Set(findings.map(\.id)))
        #expect(after.suppressions.allSatisfy { $0.sites > 0 })
      }
    }
  }

  @Test("Sites of one fingerprint share a block")
  func shared() throws {
    var report = Sample.report
    var twin = Sample.leak
    twin.id = 9
    report.sites.append(twin)
    let text = SuppressionRenderer().render(report)
    #expect(try SuppressionFile.parse(text.utf8, file: "f").count == 2)
    #expect(try suppressed(report, by: text).sites(.suppressed).count == 3)
  }

  /// A leak of the function that has the suspect, and so of its fingerprint.
  private var leakBeside: Report.Site {
    var site = Sample.leak
    (site.id, site.fingerprint) = (9, Sample.suspect.fingerprint)
    return site
  }

  @Test("What was made from a suspect leaves a leak of the same fingerprint alone")
  func suspectOnly() throws {
    let text = SuppressionRenderer().render(Sample.report)
    var next = Sample.report
    next.sites.append(leakBeside)
    next = try suppressed(next, by: text)
    #expect(next.sites(.leak).map(\.id) == [9])
    #expect(next.sites(.suppressed).map(\.id).sorted() == [Sample.leak.id, Sample.suspect.id])
  }

  @Test("What was made from a leak and a suspect of one fingerprint covers both")
  func both() throws {
    var report = Sample.report
    report.sites = [leakBeside, Sample.suspect]
    let text = SuppressionRenderer().render(report)
    #expect(!text.contains("verdict:"))
    #expect(try suppressed(report, by: text).sites(.suppressed).count == 2)
  }

  @Test("The verdicts that a suppression may name are those of findings")
  func verdictNames() {
    #expect(
      Suppression.verdictNames == Verdict.allCases.filter { $0 <= .suspect }.map(\.rawValue))
  }

  @Test("Nothing from a trace gets out of its line, or to the terminal as a control")
  func hostile() throws {
    let text = SuppressionRenderer().render(Hostile.report)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
    #expect(try SuppressionFile.parse(text.utf8, file: "f").count == 1)
  }

  @Test("Without a finding there is a comment")
  func none() throws {
    var report = Sample.report
    report.sites = [Sample.held]
    let text = SuppressionRenderer().render(report)
    #expect(text == "# No leak and no suspect: nothing to suppress.\n")
    #expect(try SuppressionFile.parse(text.utf8, file: "f").isEmpty)
  }
}
