extension JSONRenderer {
  func process(_ json: inout JSONWriter, _ process: Report.Process) {
    json.object {
      $0.member("argv", process.argv)
      $0.member("build_id", process.buildID)
      $0.member("closed", process.closed)
      $0.member("closed_at_end", orNull: process.closedAtEnd, closedAtEnd)
      $0.member("coverage") {
        $0.member("checked", process.wasChecked)
        $0.member("checked_last", process.wasCheckedLast)
        $0.member("connections_now", process.connectionsSeen)
        $0.member("direct_calls", process.callsDirectly)
        $0.member("loaded_around", orNull: process.loadedAround, loadedAround)
        $0.member("unseen", process.unseenCount)
        $0.member("vanished", process.vanishedCount)
      }
      $0.member("cwd", process.cwd)
      $0.member("end") {
        $0.member("code", process.endCode)
        $0.member("kind", process.endKind)
      }
      $0.member("ended_ns", process.endedNs)
      $0.member("exe", process.exe)
      $0.member("fd_limit", process.fdLimit)
      $0.member("fd_limit_hard", process.fdLimitHard)
      $0.member("goes_on_untraced", process.goesOnUntraced)
      $0.member("how", process.how)
      $0.member("id", process.id)
      $0.member("inherited", process.inherited, inherited)
      $0.member("inherited_omitted", process.omittedInherited)
      $0.member("limit_hit", orNull: process.limitHit, limitHit)
      $0.member("mark", process.mark)
      $0.member("open_at_end", process.openAtEnd)
      $0.member("opened", process.opened)
      $0.member("parent", process.parent)
      $0.member("peak", process.peak)
      $0.member("peak_ns", process.peakNs)
      $0.member("pid", process.pid)
      $0.member("standard_streams", process.standardStreams)
      $0.member("started_ns", process.startedNs)
      $0.member("timeline", orNull: process.timeline, line)
      $0.member("traced", process.isTraced)
      $0.member("unseen", process.unseen, descriptor)
      $0.member("unseen_omitted", process.omittedUnseen)
      $0.member("untraced_program", process.untracedProgram)
    }
  }

  private func loadedAround(_ json: inout JSONWriter, _ loaded: Report.LoadedAround) {
    json.object {
      $0.member("count", loaded.count)
      $0.member("first", loaded.first)
    }
  }

  private func limitHit(_ json: inout JSONWriter, _ hit: Report.LimitHit) {
    json.object {
      $0.member("api", hit.api)
      $0.member("at_ns", hit.atNs)
      $0.member("holders", hit.holders, holder)
      $0.member("stack", hit.stack.frames, frame)
    }
  }

  private func closedAtEnd(_ json: inout JSONWriter, _ closed: Report.ClosedAtEnd) {
    json.object {
      $0.member("count", closed.count)
      $0.member("holders", closed.holders, holder)
      $0.member("within_ns", closed.withinNs)
    }
  }

  private func holder(_ json: inout JSONWriter, _ holder: Report.LimitHit.Holder) {
    json.object {
      $0.member("api", holder.api)
      $0.member("count", holder.count)
      $0.member("opened_at", holder.openedAt)
      $0.member("site", holder.site)
    }
  }

  private func inherited(_ json: inout JSONWriter, _ fd: Report.Inherited) {
    json.object {
      $0.member("api", fd.api)
      $0.member("fd", fd.fd)
      $0.member("kind", fd.kind)
      $0.member("listening", fd.isListening)
      $0.member("local", fd.local)
      $0.member("name", fd.name)
      $0.member("opened_at", fd.openedAt)
      $0.member("opened_by", fd.openedBy)
      $0.member("remote", fd.remote)
      $0.member("site", fd.site)
      $0.member("state", fd.state)
      $0.member("uncertain", fd.isUncertain)
      $0.member("via", fd.via)
    }
  }
}
