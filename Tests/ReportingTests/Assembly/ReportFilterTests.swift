import Testing

@testable import LeakAnalysis
@testable import Reporting

@Suite("Report filters")
struct ReportFilterTests {
  private let pids = [1: 790, 2: 812]

  @Test("Sites below the minimum count are left out")
  func minimum() {
    #expect(ReportFilter(minimumCount: 40).apply(to: Sample.leak, pids: pids) == Sample.leak)
    #expect(ReportFilter(minimumCount: 41).apply(to: Sample.leak, pids: pids) == nil)
  }

  @Test("For one process, only its own counts and descriptors are left")
  func process() {
    let site = ReportFilter(pid: 812).apply(to: Sample.suspect, pids: pids)
    #expect(site?.live == 1)
    #expect(site?.opened == 1)
    #expect(site?.fds.map(\.fd) == [9])
    #expect(ReportFilter(pid: 812).apply(to: Sample.leak, pids: pids) == nil)
    #expect(ReportFilter(pid: 1).apply(to: Sample.leak, pids: pids) == nil)
  }

  @Test("A process that has them by fork finds the site, with what it has")
  func heir() {
    var site = Sample.leak
    site.heirs = [.init(process: 2, count: 7)]
    let shown = ReportFilter(pid: 812).apply(to: site, pids: pids)
    #expect(shown?.live == 7 && shown?.byProcess == [] && shown?.heirs == site.heirs)
    #expect(ReportFilter(minimumCount: 8, pid: 812).apply(to: site, pids: pids) == nil)
    #expect(ReportFilter(pid: 790).apply(to: site, pids: pids)?.heirs == [])
  }

  @Test("Sites that closed everything are left out unless all are asked for")
  func all() {
    var clean = Sample.leak
    clean.live = 0
    clean.fds = []
    #expect(ReportFilter().apply(to: clean, pids: pids) == nil)
    #expect(ReportFilter(includesAll: true).apply(to: clean, pids: pids) == clean)
    #expect(ReportFilter(minimumCount: 2, includesAll: true).apply(to: clean, pids: pids) == nil)
  }

  @Test("Counts that no process can have are never more than what a report can tell")
  func saturation() {
    var site = Sample.suspect
    for index in site.byProcess.indices {
      site.byProcess[index].opened = .max
      site.byProcess[index].closed = .max - 1
    }
    let both = [1: 790, 2: 790]
    let left = ReportFilter(pid: 790).apply(to: site, pids: both)
    #expect(left?.opened == .max && left?.closed == .max)
  }

  @Test("What a program keeps is told of for its holder and for its opener", arguments: [790, 812])
  func inheritance(pid: Int) {
    #expect(ReportFilter(pid: pid).includes(holder: 812, opener: 790))
    #expect(ReportFilter().includes(holder: 812, opener: 790))
    #expect(!ReportFilter(pid: 813).includes(holder: 812, opener: 790))
  }
}
