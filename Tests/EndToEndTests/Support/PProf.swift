import Foundation

/// What `go tool pprof` makes of a trace's profile. It is offline, and its home is the folder.
struct PProf {
  let folder: String
  let profile: String

  init(of trace: String, in folder: String, _ options: [String] = []) throws {
    self.folder = folder
    profile = folder + "/profile.pb"
    let outcome = try run(
      [Project.reporter, "--format", "pprof", "-o", profile] + options + [trace])
    guard outcome.status == .exit(0), outcome.errors.isEmpty else {
      throw TestFailure("fdtrack-report: \(outcome.status) \(outcome.errors)")
    }
  }

  func view(_ arguments: String...) throws -> String {
    let outcome = try run(
      ["/usr/bin/go", "tool", "pprof"] + arguments + [profile],
      environment: ["HOME": folder, "PPROF_TMPDIR": folder])
    guard outcome.status == .exit(0) else { throw TestFailure("pprof: \(outcome.errors)") }
    return outcome.output
  }

  /// The values of a sample and its labels.
  struct Sample {
    var open: Int
    var opened: Int
    var labels: [String: String] = [:]
  }

  /// What `-raw` says.
  func samples() throws -> [Sample] {
    var samples: [Sample] = []
    let lines = try view("-raw").split(separator: "\n")
    for line in lines.drop(while: { $0 != "Samples:" }).prefix(while: { $0 != "Locations" }) {
      if let match = line.wholeMatch(of: /\s*(\d+)\s+(\d+): [0-9 ]*/) {
        samples.append(Sample(open: Int(match.1) ?? -1, opened: Int(match.2) ?? -1))
      } else {
        for label in line.matches(of: /(\w+):\[(.*?)\]/) where !samples.isEmpty {
          samples[samples.count - 1].labels[String(label.1)] = String(label.2)
        }
      }
    }
    return samples
  }

  /// The flat value of each function that `-top` lists.
  func top(_ sampleType: String) throws -> [String: Int] {
    let lines = try view("-top", "-nodecount=1000", "-sample_index=\(sampleType)")
      .split(separator: "\n").drop { !$0.contains(" flat%") }.dropFirst()
    let rows = lines.map { $0.split(separator: " ", maxSplits: 5) }.filter { $0.count == 6 }
    return Dictionary(
      rows.map { (String($0[5].split(separator: " ")[0]), Int($0[0]) ?? -1) }
    ) { $0 + $1 }
  }
}
