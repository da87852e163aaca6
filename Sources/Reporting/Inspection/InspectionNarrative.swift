import ProcessInspection

/// What an inspection says in words, before it is set as text. Nothing is escaped.
struct InspectionNarrative {
  let inspection: Inspection

  init(_ inspection: Inspection) { self.inspection = inspection }

  private var process: ProcessIdentity { inspection.process }

  /// `nginx (pid 812): 312 of 1024 fds, growing by 12 a minute: the limit in 59 min; most are
  /// tcp CLOSE_WAIT (280).`
  var headline: String {
    var text = "\(process.name) (pid \(process.process)): "
    guard let count = inspection.count else { return text + "its fds may not be read." }
    switch inspection.limit {
    case let limit?: text += limit.soft.map { "\(count) of \($0) fds" } ?? "\(count) fds, no limit"
    case nil: text += Wording.count(count, "fd")
    }
    text += pace
    if let largest, largest.count > 1 {
      let share = largest.count > count / 2 ? "most are" : "the largest group is"
      text += "; \(share) \(Self.name(of: largest.key)) (\(largest.count))"
    }
    return text + "."
  }

  private var pace: String {
    guard let growth = inspection.growth else { return "" }
    guard growth.change > 0, let perHour = growth.perHour else {
      return growth.change == 0 ? ", not growing" : ", shrinking"
    }
    let rate = ", growing by \(Self.rate(perHour))"
    guard let limit = inspection.limit?.soft, let time = growth.timeNs(to: limit) else {
      return rate
    }
    return rate + (time == 0 ? ": the limit is reached" : ": the limit in \(DurationText.of(time))")
  }

  private var largest: DescriptorGroup? { inspection.groups.max { $0.count < $1.count } }

  /// How the number changed, in one line; nil for a single look.
  var growth: String? {
    guard let growth = inspection.growth else { return nil }
    let looks = Wording.count(growth.samples.count, "look")
    let change =
      "\(looks) in \(DurationText.of(growth.overNs)): \(growth.first.count) at first, "
      + "\(growth.last.count) at last, \(growth.highest) at most"
    return change + "."
  }

  private static func rate(_ perHour: Double) -> String {
    let units: [(Double, String)] = [(3600, "a second"), (60, "a minute"), (1, "an hour")]
    let (size, name) = units.first { perHour / $0.0 >= 1 } ?? units[2]
    let value = perHour / size
    return value >= 10 ? "\(Int(min(value, 1e9))) \(name)" : "\(Self.tenths(value)) \(name)"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int(value * 10)
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// Which process it is.
  var context: [String] {
    let command =
      process.arguments.isEmpty ? process.executable : process.arguments.joined(separator: " ")
    var facts = [Wording.count(process.threads, "thread")]
    if let user = process.user { facts.append("user \(user)") }
    if let age = process.ageNs { facts.append("running for \(DurationText.of(age))") }
    if let kept = keptOverExec { facts.append(kept) }
    var lines = command.map { [VisibleText.cut($0, to: 150)] } ?? []
    lines.append(facts.joined(separator: ", "))
    if process.isThread { lines.append("\(process.pid) is a thread of it.") }
    if process.hasLostItsLeader { lines.append("Its first thread has ended, others go on.") }
    if !inspection.threadsApart.isEmpty {
      let threads = Narrative.few(inspection.threadsApart.map(String.init), of: 8)
      lines.append("With tables of their own, which are not shown here: threads \(threads).")
    }
    if !inspection.redacted.isEmpty {
      lines.append(Narrative.redacted(inspection.redacted))
    }
    if process.endedMeanwhile { lines.append("It has ended since: this is what it had last.") }
    return lines
  }

  /// Standard streams are meant to be kept.
  private var keptOverExec: String? {
    guard let descriptors = inspection.descriptors else { return nil }
    let kept = descriptors.count { $0.fd > 2 && $0.closesOnExec == false }
    return kept == 0 ? nil : "\(kept) without FD_CLOEXEC"
  }

  /// The rows of the table of groups, a header first.
  var groupRows: [[String]] {
    [["fds", "kind", "state", "mostly"]]
      + inspection.groups.map { group in
        [
          "\(group.count)", Self.kindName(group.key, in: inspection), group.key.state ?? "",
          subject(of: group),
        ]
      }
  }

  private func subject(of group: DescriptorGroup) -> String {
    // One that has an address says nothing of many that have none.
    let nameless = (inspection.descriptors ?? []).count {
      $0.groupKey == group.key && $0.socket.map { $0.local == nil && $0.remote == nil } == true
    }
    if nameless > group.subject?.count ?? 0 { return "without an address (\(nameless))" }
    guard let subject = group.subject else { return "" }
    let text = VisibleText.cut(subject.text, to: 120)
    if group.count == 1 { return text }
    return subject.count == 1 ? "such as \(text)" : "\(text) (\(subject.count))"
  }

  /// The protocol, where the kind alone says nothing.
  private static func kindName(_ key: DescriptorGroup.Key, in inspection: Inspection) -> String {
    guard key.kind == .other else { return key.kind.name }
    let names = Set(
      (inspection.descriptors ?? []).filter { $0.groupKey == key }
        .map { $0.socket?.protocolName ?? $0.name ?? "other" })
    return names.count == 1 ? names.first ?? "other" : "other"
  }

  /// `tcp CLOSE_WAIT`
  static func name(of key: DescriptorGroup.Key) -> String {
    key.kind.name + (key.state.map { " \($0)" } ?? "")
  }

  /// How each group changed, a header first; empty when nothing did.
  var growthRows: [[String]] {
    guard let changes = inspection.growth?.changes, !changes.isEmpty else { return [] }
    return [["change", "from", "to", "what"]]
      + changes.map { change in
        let by = change.to - change.from
        return [
          by > 0 ? "+\(by)" : "\(by)", "\(change.from)", "\(change.to)", Self.name(of: change.key),
        ]
      }
  }

  /// What was opened and closed between the first look and the last.
  var turnover: String? {
    guard let growth = inspection.growth, let opened = growth.opened, let closed = growth.closed,
      opened > 0 || closed > 0
    else { return nil }
    return "Between the first look and the last, \(opened) opened that are still there, and "
      + "\(closed) closed; what came and went in between is not seen."
  }

  /// Who holds something; the numbers are left out where they are `number`, that of the process
  /// itself.
  func holders(_ holders: [Holder], number: Int? = nil) -> String {
    Narrative.few(
      holders.map { holder in
        let name = holder.pid == process.process ? "itself" : "\(holder.pid) (\(holder.name))"
        return holder.fds == [number] ? name : "\(name) as \(Narrative.numbers(holder.fds))"
      }, of: 4)
  }

  static func size(_ bytes: UInt64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (whole, rest, unit) = (bytes, UInt64(0), 0)
    while whole >= 1024, unit + 1 < units.count {
      (whole, rest) = (whole / 1024, whole % 1024)
      unit += 1
    }
    let tenth = rest * 10 / 1024
    return "\(whole)" + (whole < 10 && tenth > 0 ? ".\(tenth)" : "") + " \(units[unit])"
  }
}
