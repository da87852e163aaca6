import Testing

@testable import Reporting

@Suite("What is told of what a trace lacks") struct CoverageTests {
  @Test("Of unseen descriptors so many are left out as are not told")
  func unseen() {
    var report = Sample.report
    report.trace.unseen = 20
    report.processes[0].unseen = (0..<6).flatMap { file in
      (0..<3).map { fd in
        var unseen = Report.Descriptor(process: 1, fd: 10 * file + fd)
        (unseen.kind, unseen.name) = ("file", "/tmp/\(file)")
        return unseen
      }
    }
    report.processes[0].omittedUnseen = 2
    #expect(
      Narrative(report).coverage[0].hasSuffix(
        ", fds 40-42 of pid 790: file /tmp/4 +5 more."))
  }

  @Test("Modules that went around the recorder are told of where no comparison did")
  func loadedAround() {
    var report = Sample.report
    report.processes[0].wasCheckedLast = false
    report.processes[0].loadedAround = .init(count: 6, first: "/usr/lib/php/opcache.so")
    report.processes[2].loadedAround = .init(count: 1, first: "./plug.so")
    let text =
      "Modules loaded around the recorder (dlopen() with RTLD_DEEPBIND, dlmopen()) open and close"
      + " unseen, and no comparison tells what they left: "
    #expect(
      Narrative(report).coverage.contains(
        text + "opcache.so and 5 more in pid 790 (server), plug.so in pid 812 (worker)."
          + " What is told of these processes is what was recorded."))
    let tree = Narrative(report).processTree(atMost: 9).map(\.text)
    #expect(tree[0].hasSuffix("exit 0, 43 fds open at the end, as recorded"))
    #expect(
      Narrative(report).history?.facts.first?.contains(" open at the end, as recorded;") == true)
    report.processes[0].wasCheckedLast = true
    report.processes[2].loadedAround = .init(count: 2)
    #expect(
      Narrative(report).coverage.contains(
        text + "2 modules in pid 812 (worker). What is told of that process is what was recorded."))
    report.processes[2].loadedAround = nil
    #expect(!Narrative(report).coverage.joined().contains("around the recorder"))
  }

  @Test("Programs with code of Go are told of as such where no comparison did")
  func directCalls() throws {
    var report = Sample.report
    (report.processes[0].callsDirectly, report.processes[0].wasCheckedLast) = (true, false)
    report.processes[2].callsDirectly = true
    func told(_ names: String) -> String {
      "Programs and libraries in Go, which call the kernel themselves, open and close unseen, and"
        + " no comparison tells what they left: \(names) is what was recorded."
    }
    let both = "pid 790 (server), pid 812 (worker). What is told of these processes"
    #expect(Narrative(report).coverage.contains(told(both)))
    let tree = Narrative(report).processTree(atMost: 9).map(\.text)
    #expect(tree[0].hasSuffix("exit 0, 43 fds open at the end, as recorded"))
    report.processes[0].wasCheckedLast = true
    let one = "pid 812 (worker). What is told of that process"
    #expect(Narrative(report).coverage.contains(told(one)))
    report.processes[2].loadedAround = .init(count: 1, first: "./plug.so")
    let codes = Narrative(report).coverageFacts.map(\.code)
    #expect(codes.filter { $0 != "not_compared" }.prefix(2) == ["direct_calls", "loaded_around"])
    report.processes[2].callsDirectly = false
    #expect(!Narrative(report).coverage.joined().contains("in Go"))
  }
}
