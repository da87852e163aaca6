extension SARIFRenderer {
  /// Something that is to be known of the whole run.
  struct Notification {
    struct Kind: Hashable {
      var id: String
      /// What notifications of the kind tell.
      var text: String
    }

    var kind: Kind
    var text: String
    var level: SARIFRule.Level
  }

  /// What the trace could not hold or did not see, and results that are not there.
  func notifications(_ narrative: Narrative, cut: Int) -> [Notification] {
    var notes = narrative.coverageFacts.map { fact in
      Notification(
        kind: .init(id: fact.code, text: fact.about), text: fact.text,
        level: fact.isLoss ? .warning : .note)
    }
    if cut > 0 {
      notes.append(
        Notification(
          kind: .init(id: "results_left_out", text: "Results that are not in the file."),
          text: "\(Wording.count(cut, "result")) of the lowest level and rank"
            + " \(cut == 1 ? "is" : "are") left out: GitHub takes \(Self.gitHubLimit)"
            + " and no more.",
          level: .warning))
    }
    return notes
  }

  /// The members of the `invocation`: the run that was recorded, of the first process, to the end
  /// of the last program that this ran.
  func invocation(
    _ report: Report, _ notifications: [Notification], _ places: SARIFPlaces,
    _ json: inout JSONWriter
  ) {
    let first = report.processes.first
    let last = first.flatMap { first in report.processes.last { $0.pid == first.pid } }
    if let first, !first.argv.isEmpty {
      json.member("arguments", first.argv.dropFirst().map { VisibleText.escaped($0) })
      json.member("commandLine", VisibleText.escaped(first.argv.joined(separator: " ")))
    }
    if let start = report.trace.startedRealtimeNs, let duration = report.trace.durationNs {
      let (end, isTooLate) = start.addingReportingOverflow(duration)
      if !isTooLate { json.member("endTimeUtc", Timestamp.text(end)) }
    }
    if let exe = first?.exe { _ = places.artifact(exe, &json, as: "executableLocation") }
    json.member("executionSuccessful", true)
    if let last {
      if last.endKind == "exit", let code = last.endCode { json.member("exitCode", code) }
      json.member("exitCodeDescription", Narrative.end(last))
      if last.endKind == "signal", let number = last.endCode {
        if let name = Narrative.signalName(number) { json.member("exitSignalName", name) }
        json.member("exitSignalNumber", number)
      }
    }
    if let host = report.trace.host { json.member("machine", VisibleText.escaped(host)) }
    if let first, first.pid > 0 { json.member("processId", first.pid) }
    if let start = report.trace.startedRealtimeNs {
      json.member("startTimeUtc", Timestamp.text(start))
    }
    json.member("toolExecutionNotifications", notifications) { json, note in
      json.object {
        $0.member("descriptor") { $0.member("id", VisibleText.escaped(note.kind.id)) }
        $0.member("level", note.level.rawValue)
        $0.member("message") { $0.member("text", SARIFText.escaped(note.text)) }
      }
    }
    if let cwd = first?.cwd, let uri = FileURI.folder(cwd) {
      json.member("workingDirectory") { $0.member("uri", uri) }
    }
  }
}
