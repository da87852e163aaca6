extension JSONRenderer {
  /// Rows of the audit that are given with whole stacks: many programs may keep what was
  /// opened in one place, and the report is not to be longer than its trace.
  static let stackedRows = 2_000

  func keptFile(_ json: inout JSONWriter, _ kept: Report.KeptFile, withStacks: Bool) {
    json.object {
      $0.member("accused", kept.isAccused)
      $0.member("fds", kept.fds) { $0.write($1) }
      $0.member("handles", kept.handles) { handle(&$0, $1, withStacks: withStacks) }
      $0.member("holder") {
        party(&$0, kept.holder)
        $0.member("traced", kept.isHolderTraced)
      }
      $0.member("keeps_address_busy", kept.keepsAddressBusy)
      $0.member("kind", kept.kind)
      $0.member("listening", kept.isListening)
      $0.member("local", kept.local)
      $0.member("name", kept.name)
      $0.key("opened")
      call(&$0, kept.opened, withStack: withStacks)
      $0.member("opener") { party(&$0, kept.opener) }
      $0.member("remote", kept.remote)
      $0.key("started")
      started(&$0, kept.start, withStack: withStacks)
      $0.member("state", kept.state)
      $0.member("uncertain", kept.isUncertain)
    }
  }

  /// The members of one, which other members may follow.
  private func party(_ json: inout JSONWriter, _ party: Report.Party) {
    json.member("life", party.life)
    json.member("pid", party.name.pid)
    json.member("process", party.process)
    json.member("program", party.name.program)
  }

  private func started(_ json: inout JSONWriter, _ start: Report.Start, withStack: Bool) {
    json.object {
      $0.member("api", start.call.api)
      $0.member("argv", start.argv)
      $0.member("at_ns", start.call.atNs)
      $0.member("by", start.by)
      $0.member("fingerprint", start.call.fingerprint)
      $0.member("place", start.call.place)
      $0.member("program", start.program)
      $0.member("site", start.call.site)
      $0.member("stack", withStack ? start.call.stack.frames : [], frame)
      $0.member("thread", start.call.thread)
    }
  }

  private func call(_ json: inout JSONWriter, _ call: Report.Call, withStack: Bool) {
    json.object {
      $0.member("api", call.api)
      $0.member("at_ns", call.atNs)
      $0.member("fingerprint", call.fingerprint)
      $0.member("place", call.place)
      $0.member("site", call.site)
      $0.member("stack", withStack ? call.stack.frames : [], frame)
      $0.member("thread", call.thread)
    }
  }

  private func handle(_ json: inout JSONWriter, _ handle: Report.Handle, withStacks: Bool) {
    json.object {
      $0.member("advice", handle.advice)
      $0.member("by_design", handle.isByDesign)
      $0.member("cause", handle.cause)
      $0.member("certain", handle.isCertain)
      $0.member("duplicate", handle.isDuplicate)
      $0.member("fds", handle.fds) { $0.write($1) }
      $0.member("late", orNull: handle.lateness, lateness)
      $0.key("made")
      call(&$0, handle.made, withStack: withStacks && handle.isDuplicate)
    }
  }

  private func lateness(_ json: inout JSONWriter, _ late: Report.Lateness) {
    json.object {
      $0.member("flagged_ns", late.flaggedNs)
      $0.member("forked_ns", late.forkedNs)
      $0.member("opened_ns", late.openedNs)
      $0.member("race", late.isRace)
    }
  }
}
