import LeakAnalysis
import Testing

@testable import Reporting

@Suite("The OpenMetrics text") struct OpenMetricsTests {
  private func lines(_ report: Report) -> [Substring] {
    OpenMetricsRenderer().render(report).split(separator: "\n", omittingEmptySubsequences: false)
  }

  private func samples(_ family: String, of report: Report) -> [Substring] {
    lines(report).filter { $0.hasPrefix("fdtrack_\(family){") }
  }

  @Test("A site's series is told apart by what names it, and says how many are open")
  func site() {
    let labels =
      #"trace="trace.bin",fingerprint="cac6d88a5414de0d",verdict="leak",api="socket","#
      + #"kind="tcp",function="new_socket",site="client.c:38""#
    let leak = samples("site_live_fds", of: Sample.report).first
    #expect(leak.map(String.init) == "fdtrack_site_live_fds{\(labels)} 40")
    let forecast = samples("site_limit_reached_seconds", of: Sample.report)
    #expect(
      forecast.map(String.init) == [
        "fdtrack_site_limit_reached_seconds{\(labels)} 305.000000000"
      ])
  }

  @Test("A process has its limit, its peak and what it holds")
  func process() {
    let labels = #"{trace="trace.bin",process="1",pid="790",program="server"}"#
    let lines = lines(Sample.report)
    #expect(lines.contains("fdtrack_process_open_fds\(labels) 43"))
    #expect(lines.contains("fdtrack_process_limit_fds\(labels) 1024"))
    #expect(lines.contains("fdtrack_process_running\(labels) 0"))
    #expect(samples("process_limit_fds", of: Sample.report).count == 1, "unlimited ones have none")
  }

  @Test("Whether a process runs is left open where nobody knows")
  func unknownLife() {
    var report = Sample.report
    let known = samples("process_running", of: report).count
    report.processes[0].mayRun = true
    #expect(samples("process_running", of: report).count == known - 1)
  }

  @Test("Each family has its type and help before its samples, and the text has an end")
  func families() {
    var known: Set<Substring> = []
    var current: Substring = ""
    for line in lines(Sample.report) where line.hasPrefix("#") || !line.isEmpty {
      if line.hasPrefix("# TYPE ") {
        current = line.split(separator: " ")[2]
        #expect(known.insert(current).inserted, "\(current) has two parts")
      } else if line.hasPrefix("fdtrack_") {
        #expect(line.prefix { $0 != "{" } == current)
      }
    }
    #expect(OpenMetricsRenderer().render(Sample.report).hasSuffix("\n# EOF\n"))
  }

  @Test("A unit ends the name of its family")
  func units() {
    let units = lines(Sample.report).filter { $0.hasPrefix("# UNIT ") }.map {
      $0.split(separator: " ")
    }
    #expect(units.count > 10)
    for words in units { #expect(words[2].hasSuffix("_" + words[3])) }
  }

  @Test(
    "Label values are escaped",
    arguments: [
      ("a\"b", #"a\"b"#), ("a\\b", #"a\\b"#), ("a\nb", #"a\\nb"#), ("\u{1b}[2J", #"\\u{1b}[2J"#),
      ("é漢", "é漢"), ("x\u{202e}y", #"x\\u{202e}y"#), ("", ""),
    ])
  func escapes(value: String, text: String) {
    #expect(OpenMetricsLabels.escaped(value) == text)
  }

  @Test("A long value is cut between characters")
  func long() {
    let labels: OpenMetricsLabels = [("a", String(repeating: "漢", count: 100))]
    #expect(labels.text == "a=\"" + String(repeating: "漢", count: 65) + "...\"")
  }

  @Test("Hostile text stays inside of its quotes")
  func hostile() {
    for line in lines(Hostile.report) where !line.hasPrefix("#") && !line.isEmpty {
      #expect(line.unicodeScalars.allSatisfy { !VisibleText.isUnsafe($0) })
      // What is left without the quoted parts is a name, braces, and a number.
      var inside = false
      var escaped = false
      var rest = ""
      for character in line {
        if inside && escaped { escaped = false; continue }
        if inside && character == "\\" { escaped = true; continue }
        if character == "\"" { inside.toggle() }
        if !inside { rest.append(character) }
      }
      #expect(!inside && rest.wholeMatch(of: /fdtrack_[a-z_]+\{[a-z_=",]+\} [0-9.]+/) != nil)
    }
  }

  @Test("Sites that read the same are one series, and add up")
  func merged() throws {
    var report = Sample.report
    var twin = Sample.leak
    twin.id = 99
    twin.limitReachedInNs = 1_500_000_000
    report.sites.append(twin)
    let live = samples("site_live_fds", of: report)
    #expect(live.count == 3)
    #expect(live.first?.hasSuffix(" 80") == true)
    let forecast = try #require(samples("site_limit_reached_seconds", of: report).first)
    #expect(forecast.hasSuffix(" 1.500000000"), "the first that meets its limit")
  }

  @Test("What there are too many of is counted instead")
  func bounded() {
    var report = Sample.report
    report.sites = (0..<300).map { number in
      var site = Sample.leak
      site.fingerprint = "f\(number)"
      return site
    }
    report.unlisted.sites = 7
    report.processes = (1...300).map { id in
      var process = Report.Process(id: id, pid: 1000 + id)
      process.openAtEnd = id
      process.endKind = id == 5 ? "running" : "exit"
      return process
    }
    #expect(samples("site_live_fds", of: report).count == 200)
    #expect(samples("omitted_sites", of: report).first?.hasSuffix(" 107") == true)
    let processes = samples("process_open_fds", of: report)
    #expect(processes.count == 200)
    #expect(processes.first?.contains("process=\"5\"") == true, "one that runs comes before all")
    #expect(processes.dropFirst().first?.contains("process=\"102\"") == true)
    #expect(samples("omitted_processes", of: report).first?.hasSuffix(" 100") == true)
  }

  @Test("Verdicts that nothing has are zero, not absent")
  func zeros() {
    let sites = samples("sites", of: Report(trace: .init(path: "t")))
    #expect(sites.count == 4)
    #expect(sites.allSatisfy { $0.hasSuffix(" 0") })
  }
}
