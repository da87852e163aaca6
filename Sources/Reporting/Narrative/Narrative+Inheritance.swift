extension Narrative {
  /// Where descriptors come from that programs were left with.
  private struct Origin: Hashable {
    var opener: Report.ProcessName
    var site: Int?
    var kind: String
    var isListening: Bool
    /// Tells apart what no site tells apart.
    var name: String?
  }

  /// One program, and what it was left with of one origin.
  private struct Holder {
    var process: Report.Process
    var fds: [Report.Inherited]
  }

  /// Descriptors that started programs keep, listeners first; one sentence for each origin.
  ///
  /// 0, 1 and 2 are meant to be kept, and what was open before the trace began is nobody's
  /// here to change.
  var inheritance: [String] {
    var origins: [Origin: [Holder]] = [:]
    for process in report.processes {
      for fd in process.inherited where fd.via == "exec" && fd.fd > 2 {
        guard let opener = fd.opener else { continue }
        let origin = Origin(
          opener: opener, site: fd.site, kind: fd.kind, isListening: fd.isListening,
          name: fd.site == nil ? fd.local ?? fd.name : nil)
        if let last = origins[origin]?.indices.last,
          origins[origin]?[last].process.id == process.id
        {
          origins[origin]?[last].fds.append(fd)
        } else {
          origins[origin, default: []].append(Holder(process: process, fds: [fd]))
        }
      }
    }
    return origins.sorted { a, b in
      let left = (a.key.isListening ? 0 : 1, a.value[0].process.id, a.value[0].fds[0].fd)
      return left
        < (b.key.isListening ? 0 : 1, b.value[0].process.id, b.value[0].fds[0].fd)
    }.map { sentence($0.key, $0.value) }
  }

  private func sentence(_ origin: Origin, _ holders: [Holder]) -> String {
    let (process, fds) = (holders[0].process, holders[0].fds)
    // In order of fd, each once.
    var names: [String] = []
    for case let name? in fds.map({ $0.local ?? $0.name }) where !names.contains(name) {
      names.append(name)
      // Enough to show two and to know that there are more.
      if names.count > 2 { break }
    }
    let what = fds.count == 1 ? origin.kind : "\(fds.count) \(Self.plural(origin.kind, fds.count))"
    let name =
      names.isEmpty
      ? "" : " " + names.prefix(2).joined(separator: ", ") + (names.count > 2 ? ", ..." : "")
    let listening = origin.isListening ? ", listening," : ""
    var text = "\(process.label) holds \(what)\(name)\(listening) as \(Self.numbers(fds.map(\.fd)))"
    if holders.count == 2 {
      text += ", and so does \(holders[1].process.label)"
    } else if holders.count > 2 {
      text += ", and so do \(holders.count - 1) more programs"
    }
    let place = fds[0].openedAt.map { " at \($0)" } ?? ""
    let isSame = origin.opener.pid > 0 && origin.opener.pid == process.pid
    text +=
      isSame
      ? ": opened\(place) before its exec, as \(origin.opener.program ?? "another program")"
      : ": opened by \(origin.opener.label)\(place)"
    text += "; missing \(fds[0].api.flatMap(CloseOnExec.flag) ?? "close-on-exec")"
    return text + (fds.contains(where: \.isUncertain) ? "; the opener is uncertain." : ".")
  }
}
