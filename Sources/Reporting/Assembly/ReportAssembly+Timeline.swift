import LeakAnalysis

extension ReportAssembly {
  func timeline() -> Report.Timeline? {
    findings.timeline.map {
      Report.Timeline(momentsNs: $0.momentsNs, tree: Report.Timeline.Line($0.tree))
    }
  }
}

extension Report.Timeline.Line {
  init(_ line: LeakAnalysis.Timeline.Line) {
    self.init(first: line.first, counts: line.counts, knownFromNs: line.knownFromNs)
  }
}
