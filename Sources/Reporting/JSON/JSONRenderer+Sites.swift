extension JSONRenderer {
  func site(_ json: inout JSONWriter, _ site: Report.Site) {
    json.object {
      $0.member("advice", site.advice)
      $0.member("api", site.api)
      $0.member("by_process", site.byProcess) { json, counts in
        json.object {
          $0.member("closed", counts.closed)
          $0.member("live", counts.live)
          $0.member("opened", counts.opened)
          $0.member("process", counts.process)
        }
      }
      $0.member("cause", orNull: site.cause, note)
      $0.member("change", site.change?.rawValue)
      $0.member("closed", site.closed)
      $0.member("closed_elsewhere", orNull: site.closedElsewhere, closer)
      $0.member("closers", site.closers, closer)
      $0.member("closers_omitted", site.omittedClosers)
      $0.member("fds", site.fds, descriptor)
      $0.member("fds_omitted", site.omittedFds)
      $0.member("fingerprint", site.fingerprint)
      $0.member("first_opened_ns", site.firstOpenedNs)
      $0.member("id", site.id)
      $0.member("kind", site.kind)
      $0.member("last_opened_ns", site.lastOpenedNs)
      $0.member("limit_reached_in_ns", site.limitReachedInNs)
      $0.member("live", site.live)
      $0.member("marks", site.marks, markShare)
      $0.member("marks_omitted", site.omittedMarks)
      $0.member("notes", site.notes, note)
      $0.member("objects", site.objects)
      $0.member("opened", site.opened)
      $0.member("peak", site.peak)
      $0.member("rate_end", site.growth?.end?.code)
      $0.member("rate_end_ns", site.growth?.end?.atNs)
      $0.member("rate_fit", site.growth?.fit)
      $0.member("rate_per_hour", site.growth?.perHour)
      $0.member("rate_quality", site.rateQuality)
      $0.member("reasons", site.reasons, reason)
      $0.member("reasons_process", site.judgedProcess)
      $0.member("sharing", orNull: site.sharing, sharing)
      $0.member("stack", site.stack.frames, frame)
      $0.member("stack_end", site.stack.end.rawValue)
      $0.member("suppressed", orNull: site.suppressed, suppressed)
      $0.member("timeline", orNull: site.timeline, line)
      $0.member("verdict", site.verdict.rawValue)
    }
  }

  private func suppressed(_ json: inout JSONWriter, _ by: Report.Suppressed) {
    json.object {
      $0.member("file", by.file)
      $0.member("line", by.line)
      $0.member("name", by.name)
      $0.member("reason", by.reason)
      $0.member("verdict", by.verdict.rawValue)
    }
  }

  func suppression(_ json: inout JSONWriter, _ use: Report.SuppressionUse) {
    json.object {
      $0.member("fds", use.descriptors)
      $0.member("file", use.file)
      $0.member("line", use.line)
      $0.member("name", use.name)
      $0.member("sites", use.sites)
    }
  }

  private func sharing(_ json: inout JSONWriter, _ sharing: Report.Sharing) {
    json.object {
      $0.member("descriptors", sharing.descriptors)
      $0.member("original", orNull: sharing.original) { sharer(&$0, $1, count: nil) }
      $0.member("others", sharing.others) { sharer(&$0, $1, count: $1.count) }
    }
  }

  private func sharer(_ json: inout JSONWriter, _ site: Report.Sharing.Sharer, count: Int?) {
    json.object {
      $0.member("api", site.api)
      if let count { $0.member("count", count) }
      $0.member("place", site.place)
      $0.member("site", site.site)
    }
  }

  func misuse(_ json: inout JSONWriter, _ misuse: Report.Misuse) {
    json.object {
      $0.member("api", misuse.api)
      $0.member("closed_at", misuse.closedAt?.frames ?? [], frame)
      $0.member("count", misuse.count)
      $0.member("fd", misuse.fd)
      $0.member("fingerprint", misuse.fingerprint)
      $0.member("kind", misuse.kind)
      $0.member("last_fd", misuse.lastFd)
      $0.member("noticed_at", misuse.noticedAt?.frames ?? [], frame)
      $0.member("opened_at", misuse.openedAt?.frames ?? [], frame)
      $0.member("process", misuse.process)
      $0.member("stack", misuse.stack.frames, frame)
    }
  }

  func frame(_ json: inout JSONWriter, _ frame: Report.StackFrame) {
    json.object {
      $0.member("build_id", frame.buildID)
      $0.member("column", frame.column)
      $0.member("file", frame.file)
      $0.member("function", frame.function)
      $0.member("inlined", frame.isInlined)
      $0.member("line", frame.line)
      $0.member("module", frame.module)
      $0.member("offset", frame.offset)
      $0.member("tail_call", frame.isTailCall)
    }
  }

  func descriptor(_ json: inout JSONWriter, _ fd: Report.Descriptor) {
    json.object {
      $0.member("age_ns", fd.ageNs)
      $0.member("cloexec", fd.isCloseOnExec)
      $0.member("duplicate_of", fd.duplicateOf)
      $0.member("end", fd.endName)
      $0.member("fd", fd.fd)
      $0.member("kind", fd.kind)
      $0.member("listening", fd.isListening)
      $0.member("local", fd.local)
      $0.member("name", fd.name)
      $0.member("opened_ns", fd.openedNs)
      $0.member("owner", fd.owner)
      $0.member("process", fd.process)
      $0.member("remote", fd.remote)
      $0.member("sender", fd.sender)
      $0.member("state", fd.state)
      $0.member("thread", fd.thread)
    }
  }

  private func reason(_ json: inout JSONWriter, _ reason: Report.Reason) {
    var values = reason.data
    values["code"] = .init(reason.code)
    values["text"] = .init(reason.text)
    if reason.stack != nil { values["stack"] = .null }
    json.object { json in
      for (key, value) in values.sorted(by: { $0.key < $1.key }) {
        if key == "stack", let stack = reason.stack {
          json.member("stack", stack.frames, frame)
        } else {
          json.member(key, value)
        }
      }
    }
  }

  private func closer(_ json: inout JSONWriter, _ closer: Report.Closer) {
    json.object {
      $0.member("api", closer.api)
      $0.member("count", closer.count)
      $0.member("last_ns", closer.lastNs)
      $0.member("max_ns", closer.maxNs)
      $0.member("median_ns", closer.medianNs)
      $0.member("min_ns", closer.minNs)
      $0.member("stack", closer.stack.frames, frame)
    }
  }

  private func note(_ json: inout JSONWriter, _ note: Report.Note) {
    json.object {
      $0.member("api", note.api)
      $0.member("count", note.count)
      $0.member("error", note.error)
      $0.member("error_name", note.errorName)
      $0.member("of", note.of)
      $0.member("stack", note.stack.frames, frame)
    }
  }
}
