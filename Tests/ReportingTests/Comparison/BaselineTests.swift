import LeakAnalysis
import SeededRandom
import Testing

@testable import Reporting

@Suite("Baselines")
struct BaselineTests {
  static func read(_ text: some Collection<UInt8>, path: String = "old.json") throws -> Baseline {
    var rest = Array(text)[...]
    return try Baseline(path: path) { () throws(BaselineError) -> [UInt8] in
      defer { rest = rest.dropFirst(4096) }
      return Array(rest.prefix(4096))
    }
  }

  @Test("A report is the same baseline as a value and as JSON")
  func roundTrip() throws {
    var suppressed = Sample.report
    suppressed.sites[0].verdict = .suppressed
    suppressed.sites[0].suppressed = .init(name: "x", file: "f", line: 1, verdict: .leak)
    suppressed.omitted.sites = 3
    for report in [Sample.report, Hostile.report, suppressed] {
      var expected = Baseline(report)
      expected.path = "old.json"
      let read = try Self.read(JSONRenderer().render(report).utf8)
      #expect(read.sites.keys == expected.sites.keys)
      for (fingerprint, lines) in expected.sites {
        #expect(read.sites[fingerprint]?.keys == lines.keys)
        for (line, site) in lines {
          #expect(read.sites[fingerprint]?[line]?.live == site.live)
          #expect(read.sites[fingerprint]?[line]?.verdict == site.verdict)
        }
      }
      #expect(read.omitted == expected.omitted && read.bareModules == expected.bareModules)
    }
    let title = try Self.read(JSONRenderer().render(Sample.report).utf8)
      .sites[Sample.leak.fingerprint]?[CodeLine(Sample.leak.stack)]?.subject.title
    #expect(title == "tcp sockets from socket() in new_socket at client.c:38")
  }

  @Test(
    "What is no report of ours is refused in a line",
    arguments: [
      ("{}", "is JSON, but no report of fdtrack; make one with --format json"),
      (#"{"schema":"fdtrack-report/1"}"#, "no report of fdtrack"),
      (#"{"sites":[]}"#, "no report of fdtrack"),
      (#"{"schema":"fdtrack-report/2","sites":[]}"#, "of the schema 'fdtrack-report/2'"),
      (#"{"schema":"fdtrack-report/1","sites":{}}"#, "has something else where a list belongs"),
      (#"{"schema":"fdtrack-report/1","sites":[7]}"#, "where an object belongs (at byte 38)"),
      (#"{"schema":"fdtrack-report/1","sites":[{}]}"#, "a site without a fingerprint or a count"),
      (#"{"sites":[{"fingerprint":"1","live":-1}]}"#, "without a fingerprint or a count"),
      ("[]", "has something else where an object belongs (at byte 0)"),
      ("", "has something else where an object belongs (at byte 0)"),
      (#"{"schema":"#, "ends too early; was it written to its end? (at byte 10)"),
    ])
  func refused(text: String, problem: String) {
    #expect {
      _ = try Self.read(text.utf8)
    } throws: {
      let text = ($0 as? BaselineError)?.description ?? ""
      return text.contains(problem) && !text.contains("\n")
    }
  }

  @Test("More sites than any report has are refused, not kept")
  func tooMany() {
    var number = 0
    #expect {
      _ = try Baseline(path: "x") { () throws(BaselineError) -> [UInt8] in
        defer { number += 1 }
        guard number > 0 else { return Array(#"{"sites":[ "#.utf8) }
        let digits = String(number + 1_000_000)
        return Array("{\"fingerprint\":\"\(digits)\",\"live\":1},".utf8)
      }
    } throws: {
      ($0 as? BaselineError)?.description.hasPrefix("has more than 131072 sites (at byte ") == true
    }
  }

  @Test("Nothing that a report can be turned into crashes its reader")
  func mutated() throws {
    var random = SeededRandom(seed: 20_261_121)
    let text = Array(JSONRenderer().render(Sample.report).utf8)
    for _ in 0..<300 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 40))
        default: bytes.insert(contentsOf: Array(#"{"[9\u"#.utf8), at: place)
        }
      }
      do {
        let baseline = try Self.read(bytes)
        #expect(baseline.sites.count <= 6)
      } catch let error as BaselineError {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
