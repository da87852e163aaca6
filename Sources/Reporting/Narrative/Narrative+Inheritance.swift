extension Narrative {
  /// Descriptors of one origin that one program was left with.
  private struct Kept: Hashable {
    var process: Int
    var site: Int?
    var openedBy: Int?
    var kind: String
    var isListening: Bool
    var name: String?
  }

  /// Descriptors that started programs keep, listeners first. 0, 1 and 2 are meant to be kept.
  var inheritance: [String] {
    var groups: [Kept: [Report.Inherited]] = [:]
    for process in report.processes {
      for fd in process.inherited where fd.via == "exec" && fd.fd > 2 {
        let kept = Kept(
          process: process.id, site: fd.site, openedBy: fd.openedBy, kind: fd.kind,
          isListening: fd.isListening, name: fd.local ?? fd.name)
        groups[kept, default: []].append(fd)
      }
    }
    return groups.sorted { a, b in
      let left = (a.key.isListening ? 0 : 1, a.key.process, a.value[0].fd)
      return left < (b.key.isListening ? 0 : 1, b.key.process, b.value[0].fd)
    }.map { sentence($0.key, $0.value) }
  }

  private func sentence(_ kept: Kept, _ fds: [Report.Inherited]) -> String {
    let what = fds.count == 1 ? kept.kind : "\(fds.count) \(Self.plural(kept.kind, fds.count))"
    let name = kept.name.map { " \($0)" } ?? ""
    let listening = kept.isListening ? ", listening," : ""
    let numbers = Self.numbers(fds.map(\.fd))
    var text = "\(label(kept.process)) holds \(what)\(name)\(listening) as \(numbers): "
    let place = fds[0].openedAt.map { " at \($0)" } ?? ""
    if let opener = fds[0].opener {
      let isSame = opener.pid > 0 && opener.pid == report.process(kept.process)?.pid
      text +=
        isSame
        ? "opened\(place) before its exec, as \(opener.program ?? "another program")"
        : "opened by \(opener.label)\(place)"
      text += "; missing \(fds[0].api.flatMap(CloseOnExec.flag) ?? "close-on-exec")"
    } else {
      text += "opened before the trace began"
    }
    return text + (fds.contains(where: \.isUncertain) ? "; the opener is uncertain." : ".")
  }
}
