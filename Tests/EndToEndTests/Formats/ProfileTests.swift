import Foundation
import Testing

@Suite("Profiles and folded stacks, read by others' tools")
struct ProfileTests {
  /// A trace of each of the two programs that all formats are compared on.
  private func withTraces(_ body: (_ trace: String, _ folder: String) throws -> Void) throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      try body(folder + "/trace.bin", folder)
    }
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      _ = try track("retry_bind", [port, "40"], in: folder)
      owner.closeInput()
      try body(folder + "/trace.bin", folder)
    }
  }

  @Test("A profile has each site, open or closed, with the counts of the JSON report")
  func samples() throws {
    try withTraces { trace, folder in
      let report = try report(on: trace, ["--all"])
      let samples = try PProf(of: trace, in: folder).samples()
      let sites = Dictionary(grouping: samples) { $0.labels["fingerprint"] ?? "" }
      #expect(sites.count == report.sites.count)
      for site in report.sites {
        let own = sites[site.fingerprint] ?? []
        #expect(own.reduce(0) { $0 + $1.open } == site.live)
        #expect(own.reduce(0) { $0 + $1.opened } == Int(site.opened))
        for sample in own {
          #expect(sample.labels["verdict"] == site.verdict)
          #expect(sample.labels["kind"] == site.kind)
          #expect(sample.labels["api"] == site.api)
          #expect(report.processes.map { "\($0.pid)" }.contains(sample.labels["pid"]))
        }
      }
    }
  }

  @Test(
    "pprof ranks functions by what is open and by what was opened",
    arguments: ["open_fds", "opened_fds"])
  func top(sampleType: String) throws {
    try withTraces { trace, folder in
      let report = try report(on: trace, ["--all"])
      var expected: [String: Int] = [:]
      for site in report.sites {
        let count = sampleType == "open_fds" ? site.live : Int(site.opened)
        expected[site.functions[0], default: 0] += count
      }
      let found = try PProf(of: trace, in: folder).top(sampleType)
      #expect(found.filter { $0.value > 0 } == expected.filter { $0.value > 0 })
    }
  }

  @Test("Callers and callees, stacks and source lines are pprof's as ever")
  func views() throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      let pprof = try PProf(of: folder + "/trace.bin", in: folder)
      #expect(try pprof.view("-tree").contains("| leak_pipe"))
      let traces = try pprof.view("-traces")
      #expect(traces.contains(/3 +leak_pipe\n +repeat\n +main\n/))
      let line = try Project.line(of: "LEAK: pipe", in: "everything.c")
      #expect(try pprof.view("-lines", "-top").contains("leak_pipe \(Project.root)"))
      #expect(try pprof.view("-list", "leak_pipe").contains(" \(line):  must(pipe2("))
      #expect(try pprof.view("-tagfocus=kind:pipe", "-top").contains("leak_pipe"))
      #expect(try !pprof.view("-tagfocus=kind:pipe", "-top").contains("write_report"))
    }
  }

  @Test("Mappings have range and build-id, the program's first")
  func mappings() throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      let lines = try PProf(of: folder + "/trace.bin", in: folder).view("-raw")
        .split(separator: "\n").drop { $0 != "Mappings" }.dropFirst()
      let program = try Project.fixture("everything")
      let first = try #require(lines.first?.wholeMatch(of: /1: 0x0\/0x(\w+)\/0x0 (\S+) (\w+) .*/))
      #expect(first.2 == program)
      let notes = try run(["/usr/bin/readelf", "-n", program]).output
      #expect(notes.contains("Build ID: \(first.3)"))
      #expect(lines.contains { $0.contains("libc.so.6 ") })
      // Every address lies in the mapping that it names.
      #expect((Int(first.1, radix: 16) ?? 0) > 0x1000)
    }
  }

  @Test("A profile does not go to a terminal")
  func terminal() throws {
    try withScratch { folder in
      _ = try track("everything", [folder], in: folder)
      let command = "\(Project.reporter) --format pprof \(folder)/trace.bin"
      let outcome = try run(["/usr/bin/script", "-qec", command, "/dev/null"])
      #expect(outcome.status == .exit(2))
      #expect(outcome.output.contains("-o"))
    }
  }

  @Test(
    "A flame graph of folded stacks has each function with its count",
    arguments: ["folded", "folded-opened"])
  func flameGraph(format: String) throws {
    try withTraces { trace, folder in
      let report = try report(on: trace, ["--all"])
      let stacks = folder + "/stacks"
      let outcome = try run([Project.reporter, "--format", format, "-o", stacks, trace])
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
      let graph = try run(["/usr/bin/perl", Self.flameGraph, "--minwidth=0", stacks])
      #expect(graph.status == .exit(0))
      #expect(graph.errors.isEmpty, "\(graph.errors)")

      var expected: [String: Int] = [:]
      for site in report.sites {
        let count = format == "folded" ? site.live : Int(site.opened)
        expected["all", default: 0] += count
        for name in Set(site.functions) { expected[name, default: 0] += count }
      }
      var found: [String: Int] = [:]
      for match in graph.output.matches(of: /<title>(.+?) \((\d+) samples?,? .*?<\/title>/) {
        found[String(match.1), default: 0] += Int(match.2) ?? -1
      }
      #expect(found == expected.filter { $0.value > 0 })
    }
  }

  /// Brendan Gregg's, as libdevel-nytprof-perl has it.
  private static let flameGraph = "/usr/share/perl5/Devel/NYTProf/flamegraph.pl"
}
