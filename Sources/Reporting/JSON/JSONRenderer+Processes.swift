extension JSONRenderer {
  func process(_ process: Report.Process) -> JSONValue {
    .object([
      "id": .init(process.id),
      "pid": .init(process.pid),
      "parent": .init(process.parent),
      "how": .init(process.how),
      "exe": .init(process.exe),
      "argv": .array(process.argv.map { .init($0) }),
      "cwd": .init(process.cwd),
      "fd_limit": .init(process.fdLimit),
      "end": .object(["kind": .init(process.endKind), "code": .init(process.endCode)]),
      "traced": .init(process.isTraced),
      "goes_on_untraced": .init(process.goesOnUntraced),
      "started_ns": .init(process.startedNs),
      "ended_ns": .init(process.endedNs),
      "opened": .init(process.opened),
      "closed": .init(process.closed),
      "peak": .init(UInt64(process.peak)),
      "peak_ns": .init(process.peakNs),
      "open_at_end": .init(process.openAtEnd),
      "inherited": .array(process.inherited.map(inherited)),
      "unseen": .array(process.unseen.map(descriptor)),
      "coverage": .object([
        "checked": .init(process.wasChecked), "unseen": .init(process.unseenCount),
        "vanished": .init(process.vanishedCount),
      ]),
      "limit_hit": process.limitHit.map { hit in
        .object([
          "api": .init(hit.api), "stack": frames(hit.stack), "at_ns": .init(hit.atNs),
          "holders": .array(
            hit.holders.map {
              .object([
                "site": .init($0.site), "count": .init($0.count), "api": .init($0.api),
                "opened_at": .init($0.openedAt),
              ])
            }),
        ])
      } ?? .null,
    ])
  }

  private func inherited(_ fd: Report.Inherited) -> JSONValue {
    .object([
      "fd": .init(fd.fd), "kind": .init(fd.kind), "name": .init(fd.name), "via": .init(fd.via),
      "opened_by": .init(fd.openedBy), "site": .init(fd.site), "opened_at": .init(fd.openedAt),
      "api": .init(fd.api), "local": .init(fd.local), "remote": .init(fd.remote),
      "state": .init(fd.state), "listening": .init(fd.isListening),
      "uncertain": .init(fd.isUncertain),
    ])
  }
}
