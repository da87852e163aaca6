extension JSONRenderer {
  /// Rows of the audit that are given with whole stacks: many programs may keep what was
  /// opened in one place, and the report is not to be longer than its trace.
  static let stackedRows = 2_000

  func keptFile(_ kept: Report.KeptFile, withStacks: Bool) -> JSONValue {
    var holder = party(kept.holder)
    holder["traced"] = .init(kept.isHolderTraced)
    var start = call(kept.start.call, withStack: withStacks)
    start["by"] = .init(kept.start.by)
    start["program"] = .init(kept.start.program)
    start["argv"] = .array(kept.start.argv.map { .init($0) })
    return .object([
      "holder": .object(holder),
      "fds": .array(kept.fds.map { .init($0) }),
      "kind": .init(kept.kind), "name": .init(kept.name), "local": .init(kept.local),
      "remote": .init(kept.remote), "state": .init(kept.state),
      "listening": .init(kept.isListening), "uncertain": .init(kept.isUncertain),
      "opener": .object(party(kept.opener)),
      "opened": .object(call(kept.opened, withStack: withStacks)),
      "started": .object(start),
      "handles": .array(kept.handles.map { handle($0, withStacks: withStacks) }),
      "accused": .init(kept.isAccused),
      "keeps_address_busy": .init(kept.keepsAddressBusy),
    ])
  }

  private func party(_ party: Report.Party) -> [String: JSONValue] {
    [
      "process": .init(party.process), "pid": .init(party.name.pid),
      "program": .init(party.name.program), "life": .init(party.life),
    ]
  }

  private func call(_ call: Report.Call, withStack: Bool) -> [String: JSONValue] {
    [
      "api": .init(call.api), "site": .init(call.site), "place": .init(call.place),
      "stack": withStack ? frames(call.stack) : .array([]), "at_ns": .init(call.atNs),
      "thread": .init(Int(call.thread)),
    ]
  }

  private func handle(_ handle: Report.Handle, withStacks: Bool) -> JSONValue {
    .object([
      "fds": .array(handle.fds.map { .init($0) }),
      "cause": .init(handle.cause), "by_design": .init(handle.isByDesign),
      "duplicate": .init(handle.isDuplicate),
      "made": .object(call(handle.made, withStack: withStacks && handle.isDuplicate)),
      "late": handle.lateness.map { late in
        .object([
          "opened_ns": .init(late.openedNs), "forked_ns": .init(late.forkedNs),
          "flagged_ns": .init(late.flaggedNs),
          "race": late.isRace.map(JSONValue.bool) ?? .null,
        ])
      } ?? .null,
      "advice": .init(handle.advice),
    ])
  }
}
