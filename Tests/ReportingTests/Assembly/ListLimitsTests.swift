import Foundation
import Testing

@testable import Reporting

@Suite("Lists that end")
struct ListLimitsTests {
  @Test("Short lists stay whole, and long ones share what is left")
  func lengths() {
    #expect(ListLimits.length(of: [1, 2, 3], room: 6) == .max)
    #expect(ListLimits.length(of: [100, 1, 2], room: 10) == 7)
    #expect(ListLimits.length(of: [100, 90, 1], room: 11) == 5)
    #expect(ListLimits.length(of: [5, 5, 5], room: 2) == 1)
    #expect(ListLimits.length(of: [], room: 2) == .max)
  }

  private var cut: Report {
    var report = Sample.report
    report.unlisted.sites = 7
    report.unlisted.descriptors = 70
    report.unlisted.misuses = 3
    report.unlisted.keptFiles = 5
    report.sites[0].omittedFds = 11
    report.processes[0].omittedInherited = 13
    return report
  }

  @Test("A reader is told what is not listed")
  func coverage() {
    let lines = Narrative(cut).coverage
    #expect(lines.contains { $0.contains("last 7, with 70 open fds") })
    #expect(lines.contains { $0.contains("3 are left out") })
    #expect(lines.contains { $0.contains("lists: 5 are left out") })
    #expect(lines.contains { $0.contains("24 are in its counts alone") })
    #expect(!Narrative(Sample.report).coverage.contains { $0.hasPrefix("More") })
  }

  @Test("JSON counts what is not listed")
  func counts() {
    let text = JSONRenderer().render(cut)
    for line in [
      "\"omitted_sites\" : 7", "\"omitted_fds\" : 70", "\"omitted_misuses\" : 3",
      "\"omitted_inheritance\" : 5",
      "\"fds_omitted\" : 11", "\"inherited_omitted\" : 13",
    ] { #expect(text.contains(line), "\(line)") }
  }

  @Test("More sites than a person reads are told in full up to a limit, and then counted")
  func manySites() {
    var report = Sample.report
    let leak = report.sites[0]
    report.sites = Array(repeating: leak, count: TextRenderer.siteLimit + 5)
    let text = TextRenderer().render(report)
    #expect(text.components(separatedBy: leak.fingerprint).count == TextRenderer.siteLimit + 1)
    #expect(text.contains("+5 more"))
    #expect(MarkdownRenderer().render(report).contains("+5 more call sites."))
  }
}
