import LeakAnalysis
import TraceModel

// Findings as report values, one to one but for the stacks.
extension ReportAssembly {
  /// - Parameter fds: what is to be told of its descriptors, `limit` of them one by one.
  func site(
    _ finding: SiteFinding, _ fds: OpenDescriptors, atMost limit: Int, _ resolver: StackResolver,
    _ openers: Openers, kept: Report.Site.Kept? = nil, elsewhere: SiteFinding.CloseSite? = nil
  ) -> Report.Site {
    var site = Report.Site(id: finding.id)
    site.opened = finding.opened
    site.closed = finding.closed
    site.live = finding.live
    site.objects = finding.objects
    site.ends = finding.ends
    site.byProcess = finding.byProcess.map {
      Report.ProcessCounts(
        process: $0.process, opened: $0.opened, closed: $0.closed, live: $0.live,
        apart: $0.apart, otherEnds: $0.otherEnds)
    }
    site.heirs = finding.heirs
    site.verdict = finding.verdict
    site.judgedProcess = finding.judgedProcess
    site.api = finding.api
    site.kind = finding.kind.name
    site.peak = finding.peak
    site.stack = resolver.stack(finding.stack)
    site.sharing = finding.sharing.map { sharing($0, openers) }
    site.fds = fds.prefix(limit).map { Self.descriptor($0) }
    site.omittedFds = fds.count - site.fds.count
    site.marks = marks(of: finding)
    site.firstOpenedNs = finding.firstOpenedNs
    site.lastOpenedNs = finding.lastOpenedNs
    site.timeline = findings.timeline?.sites[finding.id].map(Report.Timeline.Line.init)
    site.closers = finding.closeSites.prefix(ListLimits.closers).map { closer($0, resolver) }
    // Whatever an interpreter runs comes through the same line of its own.
    if let elsewhere, Interpreter(callerIn: site.stack) == nil {
      site.closedElsewhere = closer(elsewhere, resolver)
    }
    site.omittedClosers = finding.closeSites.count - site.closers.count
    site.notes = finding.notes.map { note($0, resolver) }
    site.causes = finding.causes.map { note($0, resolver) }
    site.growth = finding.growth.map {
      Report.Growth(
        perHour: $0.perHour, fit: $0.fit, steadiness: $0.steadiness.rawValue, end: $0.end)
    }
    site.limitReachedInNs = finding.limitReachedInNs
    site.reasons = finding.reasons.map { [site] reason in
      let stack = reason.stack.map { resolver.stack($0) }
      return Report.Reason(
        code: reason.code,
        text: reason.sentence(
          stack: stack, of: site, ofOne: finding.judgedProcess != nil,
          ofPairs: CallName.makesPairs(finding.api)),
        data: reason.data, stack: stack, finding: reason)
    }
    site.fingerprint =
      resolver.fingerprint(api: site.api, at: finding.stack).description
    site.kept = kept
    site.advice = Advice.of(site)
    return site
  }

  private func closer(_ found: SiteFinding.CloseSite, _ resolver: StackResolver) -> Report.Closer {
    Report.Closer(
      api: found.api, stack: resolver.stack(found.stack), count: found.count, ends: found.ends,
      minNs: found.minNs, medianNs: found.medianNs, maxNs: found.maxNs, lastNs: found.lastNs,
      isAtEnd: found.isAtEnd)
  }

  private func sharing(_ found: SiteFinding.Sharing, _ openers: Openers) -> Report.Sharing {
    func sharer(_ site: Int, _ count: Int) -> Report.Sharing.Sharer {
      .init(site: site, count: count, api: openers[site]?.api, place: openers[site]?.place)
    }
    return Report.Sharing(
      descriptors: found.descriptors, original: found.original.map { sharer($0, 0) },
      others: found.others.map { sharer($0.site, $0.count) })
  }

  private func note(_ group: SiteFinding.NoteGroup, _ resolver: StackResolver) -> Report.Note {
    Report.Note(
      api: group.api, error: group.error, errorName: group.errorName,
      stack: resolver.stack(group.stack), count: group.count, of: group.of)
  }

  private static func descriptor(_ open: OpenDescriptor) -> Report.Descriptor {
    var descriptor = Report.Descriptor(process: open.process, fd: open.fd)
    descriptor.kind = open.kind.name
    descriptor.name = open.name
    descriptor.local = open.local
    descriptor.remote = open.remote
    descriptor.state = open.state
    descriptor.openedNs = open.openedNs
    descriptor.ageNs = open.ageNs
    descriptor.thread = open.thread
    descriptor.isCloseOnExec = open.isCloseOnExec
    descriptor.isListening = open.isListening
    descriptor.owner = open.owner.rawValue
    descriptor.duplicateOf = open.duplicateOf
    descriptor.end = open.end
    descriptor.sender = open.sender
    return descriptor
  }

  /// What names a process.
  static func identity(of finding: ProcessFinding) -> Report.Process {
    var process = Report.Process(id: finding.id, pid: finding.pid)
    process.exe = finding.exe
    process.argv = finding.argv
    process.calledName = ProgramName.called(by: finding.argv.first)
    process.untracedProgram = finding.untracedProgram
    return process
  }

  private func holder(
    _ found: ProcessFinding.LimitHit.Holder, _ openers: Openers
  ) -> Report.LimitHit.Holder {
    .init(
      site: found.site, count: found.count, openedAt: openers[found.site]?.place,
      api: openers[found.site]?.api)
  }

  func process(
    _ finding: ProcessFinding, inherited: Int, unseen: Int, _ resolver: StackResolver,
    _ openers: Openers, _ names: [Int: Report.ProcessName]
  ) -> Report.Process {
    var process = Self.identity(of: finding)
    process.parent = finding.parent
    process.how = finding.how.rawValue
    process.cwd = finding.cwd
    process.fdLimit = finding.fdLimit
    process.fdLimitHard = finding.fdLimitHard
    process.buildID = finding.exe.flatMap(resolver.buildID)
    process.endKind = finding.end.rawValue
    process.mayRun = finding.mayRun
    process.endCode = finding.endCode
    process.isTraced = finding.isTraced
    process.goesOnUntraced = finding.goesOnUntraced
    process.mark = finding.mark.map { findings.marks[$0].name }
    process.startedNs = finding.startedNs
    process.endedNs = finding.endedNs
    process.opened = finding.opened
    process.closed = finding.closed
    process.peak = finding.peak
    process.peakNs = finding.peakNs
    process.openAtEnd = finding.openAtEnd
    process.redirectedStreams = finding.redirectedStreams
    process.standardStreams = finding.standardStreams
    process.timeline = findings.timeline?.processes[finding.id].map(Report.Timeline.Line.init)
    process.timelinePeaks = findings.timeline?.peaks[finding.id] ?? []
    process.unseen = finding.unseen.prefix(unseen).map { Self.descriptor($0) }
    process.omittedUnseen = finding.unseen.count - process.unseen.count
    process.unseenCount = finding.unseenCount
    process.vanishedCount = finding.vanishedCount
    process.wasChecked = finding.wasChecked
    process.wasCheckedLast = finding.wasCheckedLast
    process.callsDirectly = finding.callsDirectly
    process.loadedAround = finding.loadedAround.map { .init(count: $0.count, first: $0.first) }
    process.connectionsSeen = finding.connectionsSeen
    process.limitHit = finding.limitHit.map { hit in
      Report.LimitHit(
        api: hit.api, stack: resolver.stack(hit.stack), atNs: hit.atNs,
        holders: hit.holders.map { holder($0, openers) }, count: hit.count)
    }
    process.closedAtEnd = finding.closedAtEnd.map { closed in
      Report.ClosedAtEnd(
        count: closed.count, withinNs: closed.withinNs,
        holders: closed.holders.map { holder($0, openers) })
    }
    process.omittedInherited = max(0, finding.inherited.count - inherited)
    process.inherited = finding.inherited.prefix(inherited).map { finding in
      var inherited = Report.Inherited(
        fd: finding.fd, kind: finding.kind.name, via: finding.via.rawValue)
      inherited.name = finding.name
      inherited.openedBy = finding.openedBy
      inherited.opener = finding.openedBy.flatMap { names[$0] }
      inherited.site = finding.site
      inherited.openedAt = finding.site.flatMap { openers[$0]?.place }
      inherited.api = finding.site.flatMap { openers[$0]?.api }
      inherited.local = finding.local
      inherited.remote = finding.remote
      inherited.state = finding.state
      inherited.isListening = finding.isListening
      inherited.isUncertain = finding.isUncertain
      return inherited
    }
    return process
  }

  func misuse(_ finding: LeakAnalysis.Misuse, _ resolver: StackResolver) -> Report.Misuse {
    var misuse = Report.Misuse(
      kind: finding.kind.rawValue, process: finding.process, fds: finding.fds,
      count: finding.count, api: finding.api, stack: resolver.stack(finding.stack))
    misuse.openedAt = resolver.stack(ifAny: finding.openedAt)
    misuse.closedAt = resolver.stack(ifAny: finding.closedAt)
    misuse.noticedAt = resolver.stack(ifAny: finding.noticedAt)
    misuse.fingerprint =
      resolver.fingerprint(
        api: "\(misuse.kind) \(CallName.plain(misuse.api))", at: finding.stack
      ).description
    return misuse
  }

  func summary() -> Report.TraceSummary {
    let found = findings.trace
    var trace = Report.TraceSummary(path: tracePath)
    trace.id = Fingerprint.digits(found.info.traceID)
    trace.startedRealtimeNs = found.startedRealtimeNs
    trace.durationNs = found.durationNs
    trace.processCount = found.processCount
    trace.execCount = findings.processes.count { $0.how == .exec && $0.parent != nil }
    trace.eventsKept = found.eventsKept
    trace.eventsTotal = found.eventsTotal
    trace.eventsTotalIsExact = found.eventsTotalIsExact
    trace.losses = found.losses.map {
      Report.Loss(name: $0.name, text: $0.text, about: $0.about, count: $0.count)
    }
    trace.unseen = found.unseen
    trace.vanished = found.vanished
    trace.damaged = found.damaged
    trace.host = found.info.host
    trace.kernel = found.info.kernel
    trace.libc = found.info.libc
    return trace
  }
}
