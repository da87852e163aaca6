import Testing

@testable import Reporting

@Suite("Wrong uses, in words") struct MisuseNarrativeTests {
  private func report(_ processes: Int...) throws -> Report {
    var report = Sample.report
    report.sites = []
    report.inheritance = []
    let misuse = try #require(report.misuse.first)
    report.misuse = processes.map { process in
      var other = misuse
      other.process = process
      return other
    }
    return report
  }

  @Test("What many processes do at one place is one wrong use, and they are counted")
  func processes() throws {
    let once = try report(1)
    let sentence = try #require(Narrative(once).misuse.first)
    #expect(try Narrative(report(1, 2)).misuse == ["\(sentence) So does 1 more process."])
    #expect(try Narrative(report(1, 2, 3, 3)).misuse == ["\(sentence) So do 2 more processes."])
    #expect(try Narrative(report(1, 2, 3)).headline.contains("1 wrong use of fds."))
    let page = HTMLRenderer().render(try report(1, 2, 3))
    #expect(page.contains("So do 2 more processes."))
  }

  @Test("Other places are others")
  func places() throws {
    var report = try report(1, 2)
    report.misuse[1].fingerprint = "0123456789abcdef"
    #expect(Narrative(report).misuse.count == 2)
    report.misuse[1].fingerprint = report.misuse[0].fingerprint
    #expect(Narrative(report).misuse.count == 1)
    report.misuse[1].fd += 1
    report.misuse[1].lastFd += 1
    #expect(Narrative(report).misuse.count == 2, "another number")
    report.misuse[1].fingerprint = "0123456789abcdef"
    #expect(Narrative(report).headline.contains("2 wrong uses of fds."))
  }
}
