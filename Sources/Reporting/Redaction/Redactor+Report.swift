extension Redactor {
  /// Hides what the scope tells in each value of a report. Sentences are still the old ones.
  mutating func redact(_ report: inout Report) {
    host = report.trace.host
    let programs = Dictionary(report.processes.map { ($0.id, $0.exe) }) { first, _ in first }
    var old: [Int: String] = [:]
    for process in report.processes { old[process.id] = process.name.program }
    report.forEachStack { redact(&$0) }
    for index in report.modules.indices {
      report.modules[index].path = path(report.modules[index].path)
    }
    for index in report.processes.indices { redactIdentity(&report.processes[index]) }
    learnNames()
    for process in report.processes {
      guard let name = old[process.id] else { continue }
      renamed[process.id] = (name, process.name.program)
    }

    redact(&report.trace)
    report.sourceRoot = report.sourceRoot.map { path($0) }
    report.codeMaps = report.codeMaps.map { path($0) }
    for index in report.bareModules.indices {
      report.bareModules[index].path = path(report.bareModules[index].path)
    }
    for index in report.processes.indices { redact(&report.processes[index]) }
    for index in report.marks.indices {
      report.marks[index].name = report.marks[index].name.map { mark($0) }
    }
    for index in report.misuse.indices {
      report.misuse[index].fingerprint = fingerprint(report.misuse[index].fingerprint)
    }
    for index in report.sites.indices { redact(&report.sites[index]) }
    for index in report.inheritance.indices { redact(&report.inheritance[index], programs) }
    for index in report.suppressions.indices { redact(&report.suppressions[index]) }
    if var comparison = report.comparison {
      redact(&comparison)
      report.comparison = comparison
    }
  }

  mutating func redact(_ use: inout Report.SuppressionUse) {
    use.name = note(use.name)
    use.file = path(use.file)
  }

  private mutating func redact(_ trace: inout Report.TraceSummary) {
    trace.path = path(trace.path)
    trace.host = trace.host.map(host)
    if scope.contains(.environment) {
      trace.kernel = nil
      trace.libc = nil
      trace.startedRealtimeNs = nil
    }
  }

  private mutating func redact(_ comparison: inout Report.Comparison) {
    comparison.baseline = path(comparison.baseline)
    for index in comparison.rows.indices {
      var row = comparison.rows[index]
      row.fingerprint = fingerprint(row.fingerprint)
      redact(&row.subject)
      if var moved = row.moved {
        redact(&moved)
        row.moved = moved
      }
      comparison.rows[index] = row
    }
  }

  private mutating func redact(_ subject: inout Report.Subject) {
    subject.function = subject.function.map { function($0) }
    subject.place = subject.place.map { place($0) }
  }

  // MARK: Processes

  private mutating func redactIdentity(_ process: inout Report.Process) {
    process.argv = arguments(process.argv, exe: process.exe)
    // It may be a word that is none of the program's names.
    if !scope.isEmpty { process.calledName = nil }
    process.exe = process.exe.map { path($0) }
    process.untracedProgram = process.untracedProgram.map { path($0) }
  }

  private mutating func redact(_ process: inout Report.Process) {
    process.mark = process.mark.map { mark($0) }
    process.cwd = process.cwd.map { path($0, isHidden: scope.contains(.environment)) }
    if var loaded = process.loadedAround {
      loaded.first = loaded.first.map { path($0) }
      process.loadedAround = loaded
    }
    for index in process.unseen.indices { redact(&process.unseen[index]) }
    for index in process.inherited.indices {
      var inherited = process.inherited[index]
      inherited.name = inherited.name.map { name($0, kind: inherited.kind) }
      inherited.local = inherited.local.map { socketName($0) }
      inherited.remote = inherited.remote.map { socketName($0) }
      inherited.openedAt = inherited.openedAt.map { place($0) }
      if let opener = inherited.opener {
        inherited.opener = processName(opener, of: inherited.openedBy)
      }
      process.inherited[index] = inherited
    }
    if var hit = process.limitHit {
      redact(&hit.holders)
      process.limitHit = hit
    }
    if var closed = process.closedAtEnd {
      redact(&closed.holders)
      process.closedAtEnd = closed
    }
  }

  private mutating func redact(_ holders: inout [Report.LimitHit.Holder]) {
    for index in holders.indices {
      holders[index].openedAt = holders[index].openedAt.map { place($0) }
    }
  }

  /// The name that the process itself has now, if this is its old one.
  private mutating func processName(
    _ name: Report.ProcessName, of process: Int?
  ) -> Report.ProcessName {
    guard let program = name.program, program != Self.shell else { return name }
    var name = name
    if let process, let (old, new) = renamed[process], old == program {
      name.program = new
    } else if scope.contains(.paths) {
      name.program = fileName(program)
    } else if scope.contains(.arguments) {
      name.program = names.name(.argument, for: program)
    }
    return name
  }

  /// What system() and popen() start, by their definition.
  private static let shell = "sh"

  // MARK: Sites

  private mutating func redact(_ site: inout Report.Site) {
    site.fingerprint = fingerprint(site.fingerprint)
    for index in site.fds.indices { redact(&site.fds[index]) }
    for index in site.marks.indices {
      site.marks[index].mark = site.marks[index].mark.map { mark($0) }
    }
    if var kept = site.kept {
      redact(&kept.handle.made)
      redact(&kept.start)
      site.kept = kept
    }
    if var sharing = site.sharing {
      if let place = sharing.original?.place { sharing.original?.place = self.place(place) }
      for index in sharing.others.indices {
        sharing.others[index].place = sharing.others[index].place.map { place($0) }
      }
      site.sharing = sharing
    }
    if var suppressed = site.suppressed {
      suppressed.name = note(suppressed.name)
      suppressed.file = path(suppressed.file)
      suppressed.reason = suppressed.reason.map { note($0) }
      site.suppressed = suppressed
    }
  }

  private mutating func redact(_ fd: inout Report.Descriptor) {
    fd.name = fd.name.map { name($0, kind: fd.kind) }
    fd.local = fd.local.map { socketName($0) }
    fd.remote = fd.remote.map { socketName($0) }
  }

  // MARK: Inheritance

  private mutating func redact(_ kept: inout Report.KeptFile, _ programs: [Int: String?]) {
    kept.name = kept.name.map { name($0, kind: kept.kind) }
    kept.local = kept.local.map { socketName($0) }
    kept.remote = kept.remote.map { socketName($0) }
    kept.holder.name = processName(kept.holder.name, of: kept.holder.process)
    kept.opener.name = processName(kept.opener.name, of: kept.opener.process)
    redact(&kept.opened)
    redact(&kept.start.call)
    for index in kept.handles.indices { redact(&kept.handles[index].made) }
    let exe = kept.start.program.flatMap { programs[$0] ?? nil }
    kept.start.argv = arguments(kept.start.argv, exe: exe)
  }
}

extension Redactor {
  /// Of a call whose stack is redacted already.
  private func redact(_ call: inout Report.Call) {
    call.fingerprint = call.fingerprint.map(fingerprint)
  }
}

extension Report {
  /// Every stack of the report. Places that only tell of one are texts.
  mutating func forEachStack(_ body: (inout Stack) -> Void) {
    func optional(_ stack: inout Stack?) {
      guard var some = stack else { return }
      body(&some)
      stack = some
    }
    for index in sites.indices {
      body(&sites[index].stack)
      for reason in sites[index].reasons.indices { optional(&sites[index].reasons[reason].stack) }
      for closer in sites[index].closers.indices { body(&sites[index].closers[closer].stack) }
      if var elsewhere = sites[index].closedElsewhere {
        body(&elsewhere.stack)
        sites[index].closedElsewhere = elsewhere
      }
      for note in sites[index].notes.indices { body(&sites[index].notes[note].stack) }
      for cause in sites[index].causes.indices { body(&sites[index].causes[cause].stack) }
      if var kept = sites[index].kept {
        body(&kept.handle.made.stack)
        body(&kept.start.stack)
        sites[index].kept = kept
      }
    }
    for index in misuse.indices {
      body(&misuse[index].stack)
      optional(&misuse[index].openedAt)
      optional(&misuse[index].closedAt)
      optional(&misuse[index].noticedAt)
    }
    for index in inheritance.indices {
      body(&inheritance[index].opened.stack)
      body(&inheritance[index].start.call.stack)
      for handle in inheritance[index].handles.indices {
        body(&inheritance[index].handles[handle].made.stack)
      }
    }
    for index in processes.indices {
      guard var hit = processes[index].limitHit else { continue }
      body(&hit.stack)
      processes[index].limitHit = hit
    }
  }
}
