import LeakAnalysis

/// Findings of one fingerprint, and among them those that read alike in all but their columns: two
/// calls on one line.
enum TwinSites {
  /// Has each say that there are others, and the frames in which those of one line differ tell their
  /// columns.
  static func tellApart(_ sites: inout [Report.Site]) {
    var alike: [Reading: [Int]] = [:]
    for (fingerprint, indices) in Dictionary(
      grouping: sites.indices.filter { sites[$0].found <= .suspect },
      by: { sites[$0].fingerprint }) where indices.count > 1
    {
      for index in indices {
        sites[index].namesakes = indices.count - 1
        let lines = sites[index].stack.frames.map {
          Line(function: $0.function, file: $0.file, number: $0.line)
        }
        alike[Reading(fingerprint: fingerprint, lines: lines), default: []].append(index)
      }
    }
    for (reading, twins) in alike where twins.count > 1 {
      for depth in reading.lines.indices
      where Set(twins.map { sites[$0].stack.frames[depth].column }).count > 1 {
        for twin in twins { sites[twin].stack.frames[depth].tellsColumn = true }
      }
    }
  }

  private struct Reading: Hashable {
    var fingerprint: String
    var lines: [Line]
  }

  private struct Line: Hashable {
    var function: String?
    var file: String?
    var number: Int?
  }
}
