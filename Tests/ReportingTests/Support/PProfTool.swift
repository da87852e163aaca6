import Foundation

@testable import Reporting

/// The profile of a report, as `go tool pprof` understands it.
struct PProfTool {
  struct Sample: Equatable {
    var values: [Int]
    /// Innermost first.
    var locations: [Int]
    var labels: [String: String]
  }

  /// What `-raw` tells, line by line without indentation.
  let lines: [String]

  init(_ report: Report) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("fdtrack-pprof-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("profile.pb")
    try Data(PProfRenderer().render(report)).write(to: file)

    let tool = Process()
    tool.executableURL = URL(fileURLWithPath: "/usr/bin/go")
    tool.arguments = ["tool", "pprof", "-symbolize=none", "-raw", file.path]
    tool.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
    let output = Pipe()
    let errors = Pipe()
    (tool.standardOutput, tool.standardError) = (output, errors)
    try tool.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    tool.waitUntilExit()
    guard tool.terminationStatus == 0 else {
      throw Refused(complaint: String(decoding: complaint, as: UTF8.self))
    }
    lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  struct Refused: Error { var complaint: String }

  /// The lines below a heading.
  func section(_ heading: String) -> [String] {
    let headings: Set = ["Samples:", "Locations", "Mappings"]
    guard let start = lines.firstIndex(of: heading) else { return [] }
    return Array(lines[(start + 1)...].prefix { !headings.contains($0) })
  }

  var comments: [String] {
    lines.compactMap { $0.hasPrefix("Comment: ") ? String($0.dropFirst(9)) : nil }
  }

  var locations: [String] { section("Locations") }
  var mappings: [String] { section("Mappings") }

  /// In pprof's order, which is that of the file.
  var samples: [Sample] {
    var samples: [Sample] = []
    for line in section("Samples:").dropFirst() {
      if let match = line.wholeMatch(of: /([-0-9 ]+): ([0-9 ]*)/) {
        samples.append(
          Sample(
            values: match.1.split(separator: " ").compactMap { Int($0) },
            locations: match.2.split(separator: " ").compactMap { Int($0) }, labels: [:]))
      } else {
        for label in line.matches(of: /(\w+):\[(.*?)\](?: |$)/) {
          samples[samples.count - 1].labels[String(label.1)] = String(label.2)
        }
      }
    }
    return samples
  }

  /// Such as `0x1390 M=1 dial /src/client.c:55 s=0`.
  func location(_ number: Int) -> String? {
    let start = "\(number): "
    return locations.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
  }
}
