extension JSONRenderer {
  func timeline(_ json: inout JSONWriter, _ timeline: Report.Timeline) {
    json.object {
      $0.member("known_from_ns", timeline.tree.knownFromNs)
      $0.member("live", onOneLine: timeline.tree.counts)
      $0.member("moments_ns", onOneLine: timeline.momentsNs)
    }
  }

  func line(_ json: inout JSONWriter, _ line: Report.Timeline.Line) {
    json.object {
      $0.member("first", line.first)
      $0.member("known_from_ns", line.knownFromNs)
      $0.member("live", onOneLine: line.counts)
    }
  }
}
