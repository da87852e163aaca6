extension JSONRenderer {
  func site(_ site: Report.Site) -> JSONValue {
    .object([
      "id": .init(site.id),
      "fingerprint": .init(site.fingerprint),
      "verdict": .init(site.verdict.rawValue),
      "reasons": .array(site.reasons.map(reason)),
      "api": .init(site.api),
      "kind": .init(site.kind),
      "opened": .init(site.opened),
      "closed": .init(site.closed),
      "live": .init(site.live),
      "objects": .init(site.objects),
      "sharing": site.sharing.map(sharing) ?? .null,
      "peak": .init(site.peak),
      "by_process": .array(
        site.byProcess.map { counts in
          .object([
            "process": .init(counts.process), "opened": .init(counts.opened),
            "closed": .init(counts.closed), "live": .init(counts.live),
          ])
        }),
      "stack": frames(site.stack),
      "stack_end": .init(site.stack.end.rawValue),
      "fds": .array(site.fds.map(descriptor)),
      "first_opened_ns": .init(site.firstOpenedNs),
      "last_opened_ns": .init(site.lastOpenedNs),
      "closers": .array(site.closers.map(closer)),
      "notes": .array(site.notes.map(note)),
      "cause": site.cause.map(note) ?? .null,
      "rate_per_hour": .init(site.growth?.perHour), "rate_fit": .init(site.growth?.fit),
      "rate_quality": .init(
        site.growth?.steadiness ?? (site.found == .leak ? "not_enough_data" : nil)),
      "limit_reached_in_ns": .init(site.limitReachedInNs),
      "advice": .array(site.advice.map { .init($0) }),
      "change": .init(site.change?.rawValue),
      "suppressed": site.suppressed.map(suppressed) ?? .null,
    ])
  }

  private func suppressed(_ by: Report.Suppressed) -> JSONValue {
    .object([
      "name": .init(by.name), "file": .init(by.file), "line": .init(by.line),
      "reason": .init(by.reason), "verdict": .init(by.verdict.rawValue),
    ])
  }

  func suppression(_ use: Report.SuppressionUse) -> JSONValue {
    .object([
      "name": .init(use.name), "file": .init(use.file), "line": .init(use.line),
      "sites": .init(use.sites), "fds": .init(use.descriptors),
    ])
  }

  private func sharing(_ sharing: Report.Sharing) -> JSONValue {
    func sharer(_ site: Report.Sharing.Sharer) -> [String: JSONValue] {
      ["site": .init(site.site), "api": .init(site.api), "place": .init(site.place)]
    }
    return .object([
      "descriptors": .init(sharing.descriptors),
      "original": sharing.original.map { .object(sharer($0)) } ?? .null,
      "others": .array(
        sharing.others.map { other in
          .object(sharer(other).merging(["count": .init(other.count)]) { $1 })
        }),
    ])
  }

  func misuse(_ misuse: Report.Misuse) -> JSONValue {
    .object([
      "kind": .init(misuse.kind), "process": .init(misuse.process), "fd": .init(misuse.fd),
      "last_fd": .init(misuse.lastFd), "count": .init(misuse.count), "api": .init(misuse.api),
      "stack": frames(misuse.stack),
      "opened_at": misuse.openedAt.map(frames) ?? .array([]),
      "closed_at": misuse.closedAt.map(frames) ?? .array([]),
      "noticed_at": misuse.noticedAt.map(frames) ?? .array([]),
    ])
  }

  func frames(_ stack: Report.Stack) -> JSONValue {
    .array(
      stack.frames.map { frame in
        .object([
          "function": .init(frame.function), "file": .init(frame.file),
          "line": .init(frame.line), "column": .init(frame.column),
          "module": .init(frame.module), "build_id": .init(frame.buildID),
          "offset": .init(frame.offset), "inlined": .init(frame.isInlined),
        ])
      })
  }

  func descriptor(_ fd: Report.Descriptor) -> JSONValue {
    .object([
      "process": .init(fd.process), "fd": .init(fd.fd), "kind": .init(fd.kind),
      "name": .init(fd.name), "local": .init(fd.local), "remote": .init(fd.remote),
      "state": .init(fd.state), "opened_ns": .init(fd.openedNs), "age_ns": .init(fd.ageNs),
      "thread": .init(Int(fd.thread)), "cloexec": .init(fd.isCloseOnExec),
      "listening": .init(fd.isListening), "owner": .init(fd.owner),
      "duplicate_of": .init(fd.duplicateOf), "sender": .init(fd.sender),
    ])
  }

  private func reason(_ reason: Report.Reason) -> JSONValue {
    var values = reason.data
    values["code"] = .init(reason.code)
    values["text"] = .init(reason.text)
    if let stack = reason.stack { values["stack"] = frames(stack) }
    return .object(values)
  }

  private func closer(_ closer: Report.Closer) -> JSONValue {
    .object([
      "api": .init(closer.api), "stack": frames(closer.stack), "count": .init(closer.count),
      "min_ns": .init(closer.minNs), "median_ns": .init(closer.medianNs),
      "max_ns": .init(closer.maxNs), "last_ns": .init(closer.lastNs),
    ])
  }

  private func note(_ note: Report.Note) -> JSONValue {
    .object([
      "api": .init(note.api), "error": .init(note.error), "error_name": .init(note.errorName),
      "stack": frames(note.stack), "count": .init(note.count), "of": .init(note.of),
    ])
  }
}
