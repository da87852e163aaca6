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

  @Test("Numbers that differ from process to process are no other place, those of one process are")
  func numbers() throws {
    var report = try report(1, 2, 1, 2)
    for (index, fd) in [4, 5, 6, 7].enumerated() {
      (report.misuse[index].fd, report.misuse[index].lastFd) = (fd, fd)
    }
    let sentences = Narrative(report).misuse
    #expect(sentences.count == 2)
    #expect(sentences[0].contains("fd 4") && sentences[1].contains("fd 6"))
    #expect(sentences.allSatisfy { $0.hasSuffix(" So does 1 more process, with other fds.") })
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
    #expect(Narrative(report).misuse.count == 1, "another number")
    report.misuse[1].fingerprint = "0123456789abcdef"
    #expect(Narrative(report).headline.contains("2 wrong uses of fds."))
  }
}
