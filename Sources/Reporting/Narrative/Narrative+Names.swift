extension Narrative {
  /// What is open: addresses or paths with how many of each, the most frequent first, and of
  /// those the first that is listed.
  func names(of site: Report.Site) -> String? {
    var counts: [String: (count: Int, first: Int)] = [:]
    for (index, fd) in site.fds.enumerated() {
      counts[Self.name(of: fd), default: (0, index)].count += 1
    }
    counts[""] = nil
    let groups = counts.map { (key: $0.key, value: $0.value.count, first: $0.value.first) }
      .sorted { ($1.value, $0.first) < ($0.value, $1.first) }
    guard !groups.isEmpty else { return nil }
    return Self.few(
      groups.map { $0.value > 1 ? "\($0.key) (\($0.value) times)" : $0.key }, of: 3)
  }

  private static func name(of fd: Report.Descriptor) -> String {
    if fd.kind == "unix" { return unixName(of: fd) }
    if fd.state == "unbound", let name = fd.name { return "not bound to \(name)" }
    let state = fd.state.map { " \($0)" } ?? ""
    if let remote = fd.remote { return "to \(remote)\(state)" }
    return (fd.name ?? fd.local).map { $0 + state } ?? (fd.state ?? "")
  }

  /// `/run/app.sock (listening, its path is gone)`; the state is that of the own name.
  private static func unixName(of fd: Report.Descriptor) -> String {
    let remote = fd.remote.flatMap { $0 == "unnamed" ? nil : "to \($0)" }
    let name = remote ?? fd.name ?? fd.local ?? "unnamed"
    var facts = fd.isListening ? ["listening"] : []
    switch fd.state {
    case "unlinked": facts.append(remote == nil ? "its path is gone" : "its own path is gone")
    case "abstract": facts.append("abstract")
    default: break
    }
    return facts.isEmpty ? name : "\(name) (\(facts.joined(separator: ", ")))"
  }
}
