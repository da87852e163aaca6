import Testing

@testable import Reporting

@Suite("What is told of duplicates") struct DuplicateNarrativeTests {
  private func site(_ change: (inout Report.Site) -> Void = { _ in }) -> Report.Site {
    var site = Sample.leak
    site.api = "dup"
    site.live = 100
    site.objects = 1
    site.reasons = [Sample.reason(.duplicates(count: 100, objects: 1))]
    site.causes = []
    site.sharing = Report.Sharing(
      descriptors: 200, original: .init(site: 8, count: 0, api: "socket", place: "a.c:3"),
      others: [.init(site: 9, count: 100, api: "dup", place: "a.c:9")])
    change(&site)
    return site
  }

  private func why(_ site: Report.Site) -> [String]? {
    Narrative(Sample.report).facts(of: site).first { $0.label == "why" }?.lines
  }

  @Test("The title counts descriptors and open files, the reason says where the others are made")
  func oneFile() {
    let place = Sample.dial.focus?.phrase ?? ""
    #expect(
      Narrative(Sample.report).title(of: site())
        == "100 descriptors of 1 tcp socket from dup() \(place)")
    #expect(
      why(site()) == [
        "200 descriptors, one open file: 100 from here, 100 by dup() at a.c:9; it is that of"
          + " socket() at a.c:3."
      ])
  }

  @Test("An original that is open too is named once")
  func openOriginal() {
    let open = site {
      $0.sharing?.descriptors = 101
      $0.sharing?.others = [.init(site: 8, count: 1, api: "socket", place: "a.c:3")]
    }
    #expect(
      why(open) == [
        "101 descriptors, one open file: 100 from here, 1 by socket() at a.c:3."
      ])
  }

  @Test("Of duplicates of several files the numbers are told")
  func severalFiles() {
    let several = site {
      $0.sharing = nil
      $0.objects = 3
      $0.reasons = [Sample.reason(.duplicates(count: 100, objects: 3))]
    }
    #expect(why(several) == ["100 descriptors, 3 open files."])
    #expect(
      Narrative(Sample.report).title(of: several).hasPrefix("100 descriptors of 3 tcp sockets"))
  }
}
