import TraceModel

extension ProcessFinding {
  init(
    _ view: ProcessView, sites: SiteGrouping, marks: Marks, late: LateCloses, trace: Trace,
    _ source: OpenDescriptors.Source, openings: Openings
  ) {
    let process = view.process
    self.init(id: process.id)
    pid = process.pid
    parent = process.parent
    how = process.how
    exe = process.exe
    argv = process.argv
    cwd = process.cwd
    fdLimit = process.fdLimit
    fdLimitHard = process.fdLimitHard
    end = view.endKind
    mayRun = view.mayRun
    switch process.end {
    case .exit(let status): endCode = status
    case .signal(let signal): endCode = signal
    case .none, .exec: endCode = nil
    }
    isTraced = view.isTraced
    goesOnUntraced = view.goesOnUntraced
    untracedProgram =
      isTraced && !goesOnUntraced
      ? nil : process.asked ?? (isTraced ? nil : CallName.shell(trace.callName(process.bornCall)))
    mark = marks.index(ofProcess: process)
    startedNs = trace.clock.nanoseconds(at: process.startTicks)
    endedNs = process.endTicks.flatMap(trace.clock.nanoseconds)
    opened = process.opened
    closed = process.closed
    // What came to be open without a call that was seen has raised no peak.
    let open = UInt32(clamping: view.openCount)
    let isPeakKnown = !trace.lacksDescriptors && process.peak >= open
    peak = isPeakKnown ? process.peak : open
    peakNs = peak == 0 || !isPeakKnown ? nil : trace.clock.nanoseconds(at: process.peakTicks)
    unseenCount = UInt64(process.unseen)
    vanishedCount = UInt64(process.vanished)
    wasChecked = process.flags.contains(.snapshot) || process.isCompared
    wasCheckedLast = view.wasCheckedLast
    callsDirectly = process.flags.contains(.directCalls)
    loadedAround =
      process.loadsAround == 0
      ? nil : LoadedAround(count: process.loadsAround, first: process.loadedAround)
    connectionsSeen = process.connectionsSeen
    limitHit = process.limitHit.map {
      LimitHit(
        api: trace.callName($0.call), stack: $0.stack,
        atNs: trace.clock.nanoseconds(at: $0.ticks),
        holders: sites.holdersAtLimit(of: process.id, atMost: LimitHit.listed).map {
          .init(site: $0.site, count: $0.count)
        },
        count: sites.countAtLimit(of: process.id))
    }
    closedAtEnd = late.findings[process.id].map {
      ClosedAtEnd(
        count: $0.count,
        withinNs: trace.clock.duration(
          view.endTicks.subtractingWithSaturation($0.firstTicks)),
        holders: $0.sites.prefix(LimitHit.listed).map { .init(site: $0.site, count: $0.count) })
    }
    unseen.append(view.unseen, of: view, source)
    let received = view.inherited.filtered { !$0.isStandardStream }
    inherited = InheritedDescriptors(received, openings, source.refused)
    let found = view.unseen.count { !$0.isStandardStream }
    openAtEnd = view.own.count + received.count + found
    redirectedStreams = view.own.count(where: \.isStandardStream)
    standardStreams = view.inherited.count - received.count + view.unseen.count - found
  }
}
