import Foundation
import Testing

@Suite("fdtrack pid")
struct PidCommandTests {
  @Test("Who has no fds left to look with does not call a process that runs a zombie")
  func withoutDescriptors() throws {
    let target = try Launched(["/bin/sleep", "1000"])
    for limit in 4...10 {
      let outcome = try run([
        "/bin/bash", "-c", "ulimit -n \(limit) && exec \"$0\" pid \(target.pid)", Project.runner,
      ])
      #expect(!outcome.errors.contains("zombie"), "\(limit)")
    }
  }

  @Test("Each kind of descriptor has its facts")
  func kinds() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let report = try inspect(held.pid)
      #expect(report.schema == "fdtrack-pid/1")
      #expect(report.process.name == "holds_kinds")
      func descriptor(_ role: String) throws -> Inspected.Descriptor {
        try report.descriptor(held.number(role))
      }
      let abandoned = try descriptor("close_wait")
      #expect(abandoned.state == "CLOSE_WAIT")
      #expect(report.groups.first == .init(kind: "tcp", state: "CLOSE_WAIT", count: 1))

      #expect(try descriptor("unix_linked").socket?.unlinked == false)
      #expect(try descriptor("unix_replacing").socket?.unlinked == false)
      for role in ["unix_unlinked", "unix_replaced"] {
        #expect(try descriptor(role).socket?.unlinked == true)
        #expect(try descriptor(role).state == "unlinked")
      }
      let abstract = try descriptor("unix_abstract")
      #expect(abstract.socket?.abstract == true)
      #expect(abstract.name == "@fdtrack-holds-\(held.pid)")
      #expect(try descriptor("unix_alone").socket?.peerClosed == true)

      let deleted = try descriptor("deleted")
      #expect(deleted.deleted)
      #expect(deleted.name == folder + "/deleted")
      #expect(try #require(deleted.allocated) >= 4096)
      let kept = try descriptor("not_deleted")
      #expect(!kept.deleted)
      #expect(kept.name == folder + "/kept (deleted)")
      #expect(try descriptor("inherited").cloexec == false)
      #expect(
        held.numbers.filter { $0.key != "inherited" }.values.joined().allSatisfy { fd in
          fd < 0 || (try? report.descriptor(fd))?.cloexec == true
        })

      #expect(try descriptor("eventfd").special == .init(count: 5, semaphore: false))
      #expect(try descriptor("epoll").special?.watches == 2)
      #expect(try descriptor("epoll").special?.stale == [])
      #expect(try descriptor("inotify").special == .init(watches: 2))
      #expect(try descriptor("signalfd").special == .init(signals: [10, 15]))
      #expect(try descriptor("pidfd").special == .init(pid: Int(held.pid)))
      let timer = try descriptor("timerfd").special
      #expect(timer?.intervalNs == 3_600_000_000_000)
      #expect(timer?.expirations == 0)
    }
  }

  @Test("Who is at the other end of pipes, unix sockets and local connections is named")
  func otherEnds() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let report = try inspect(held.pid)
      for (one, other) in [
        ("pipe_read", "pipe_write"), ("pair_one", "pair_other"), ("client", "accepted"),
      ] {
        let (one, other) = (try held.number(one), try held.number(other))
        #expect(try report.descriptor(one).peers.map(\.fds) == [[other]])
        #expect(try report.descriptor(other).peers.map(\.fds) == [[one]])
        #expect(try report.descriptor(one).peers.map(\.pid) == [Int(held.pid)])
      }
      // The test itself holds the other end of the program's input.
      #expect(try report.descriptor(0).peers.map(\.pid).contains(Int(getpid())))
    }
  }

  @Test("A listener that a worker keeps is told with who holds it")
  func sharedListener() throws {
    let held = try Holdings("worker")
    let (worker, listener) = (try held.number("worker"), try held.number("listener"))
    let holder = Inspected.Holder(pid: worker, name: "holds_kinds", fds: [listener])
    let report = try inspect(held.pid)
    let finding = try report.finding("shared_listeners")
    #expect(finding.fds == [listener])
    #expect(finding.holders == [holder])
    #expect(finding.text.contains("127.0.0.1:\(try held.number("port"))"))

    // The port question is the same from the other side.
    let other = try inspect(pid_t(worker)).finding("shared_listeners")
    #expect(other.holders.map(\.pid) == [Int(held.pid)])
    let alone = try inspect(held.pid, ["--no-holders"])
    #expect(!alone.findings.contains { $0.kind == "shared_listeners" })
  }

  @Test("A watch of an epoll instance on a closed number is told")
  func staleWatch() throws {
    let held = try Holdings("stale")
    let report = try inspect(held.pid)
    let closed = try held.number("closed")
    #expect(try report.descriptor(held.number("epoll")).special?.stale == [closed])
    #expect(try report.finding("stale_watches").fds == [held.number("epoll")])
  }

  @Test("Growth is counted look by look, and told by kind, rate and time to the limit")
  func growth() throws {
    let held = try Holdings("grow")
    let report = try inspect(held.pid, ["--count", "5", "--interval", "0.05"])
    let growth = try #require(report.growth)
    let counts = growth.samples.map(\.count)
    #expect(counts.count == 5)
    #expect(counts == counts.sorted())
    #expect(growth.samples.map(\.atNs) == growth.samples.map(\.atNs).sorted())
    let change = try #require(counts.last) - counts[0]
    #expect(growth.change == change)
    #expect(growth.opened == change)
    #expect(growth.closed == 0)
    #expect(growth.groups.reduce(0) { $0 + $1.to - $1.from } == change)
    #expect(growth.groups.allSatisfy { $0.kind == "eventfd" })
    #expect(report.count == counts.last)
    #expect(report.fds?.count == counts.last)
    if change > 0 {
      let hours = Double(growth.overNs) / 3.6e12
      #expect(try #require(growth.perHour) * hours > Double(change) - 0.001)
      let free = Double(try #require(report.limit.soft)) - Double(try #require(counts.last))
      let time = free / Double(change) * Double(growth.overNs)
      #expect(abs(Double(try #require(growth.limitInNs)) - time) <= 1 + time / 1e9)
    }
  }

  @Test("A process that ends while it is looked at is reported with what it had")
  func endsMeanwhile() throws {
    let held = try Holdings("stale")
    let looking = try Launched(
      [Project.runner, "pid", "\(held.pid)", "--json", "--count", "9", "--interval", "1000"])
    try waitUntilAsleep(pid: looking.pid)
    held.program.send(SIGKILL)
    let outcome = try looking.wait()
    #expect(outcome.status == .exit(0))
    let report = try Inspected(json: outcome.output)
    #expect(report.process.endedMeanwhile)
    #expect(try report.descriptor(held.number("duplicate")).kind == "eventfd")
  }

  @Test("An interrupt ends the looks, and the report is made", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let held = try Holdings("stale")
    let looking = try Launched(
      [Project.runner, "pid", "\(held.pid)", "--json", "--count", "9", "--interval", "1000"])
    try waitUntilAsleep(pid: looking.pid)
    looking.send(signal)
    let outcome = try looking.wait()
    #expect(outcome.status == .exit(0))
    let report = try Inspected(json: outcome.output)
    #expect(!report.process.endedMeanwhile)
    #expect(report.count == report.fds?.count)
  }

  /// Waits until `fdtrack` is in its pause: in ppoll(2), its first look done.
  private func waitUntilAsleep(pid: pid_t) throws {
    try wait(or: "\(pid) does not wait: \(proc("\(pid)/syscall"))") {
      // Its numbers on x86_64 and aarch64.
      ["271 ", "73 "].contains(where: proc("\(pid)/syscall").hasPrefix)
    }
  }

  @Test("What has no descriptors is told in one line, each with its own status")
  func nothingToSee() throws {
    func outcome(_ pid: String) throws -> Outcome { try run([Project.runner, "pid", pid]) }
    let held = try Holdings("zombie")
    let zombie = try outcome("\(try held.number("zombie"))")
    #expect(zombie.status == .exit(4))
    #expect(zombie.errors.contains("its parent \(held.pid) (holds_kinds) has not waited for it"))

    let ended = try Launched(["/bin/true"])
    _ = try ended.wait()
    let gone = try outcome("\(ended.pid)")
    #expect(gone.status == .exit(3))
    #expect(gone.errors == "fdtrack: there is no process \(ended.pid)\n")
    #expect(try outcome("99999999999").status == .exit(3))
    for wrong in ["0", "nginx"] { #expect(try outcome(wrong).status == .exit(64)) }
    for result in [zombie, gone] {
      #expect(result.output.isEmpty)
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("A process whose first thread has ended is seen through another")
  func headless() throws {
    let held = try Holdings("headless")
    let report = try inspect(held.pid)
    #expect(report.process.lostItsLeader)
    #expect(try report.descriptor(held.number("eventfd")).kind == "eventfd")
  }

  @Test("A thread is answered for with its process")
  func thread() throws {
    let held = try Holdings("headless")
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(held.pid)/task")
    let other = try #require(threads.compactMap { pid_t($0) }.first { $0 != held.pid })
    let report = try inspect(other)
    #expect(report.process.thread == Int(other))
    #expect(report.process.pid == Int(held.pid))
    #expect(try report.descriptor(held.number("eventfd")).kind == "eventfd")
  }

  @Test("The text fits 80 columns, has CLOSE_WAIT first, and lets no name out of its place")
  func text() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let outcome = try run([Project.runner, "pid", "\(held.pid)", "--all"])
      #expect(outcome.status == .exit(0))
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.allSatisfy { $0.unicodeScalars.count <= 80 })
      #expect(!outcome.output.contains("\u{1b}"))
      #expect(outcome.output.contains("a name\\n\\u{1b}[31m"))
      #expect(lines[0].hasPrefix("holds_kinds (pid \(held.pid)): "))
      let header = try #require(lines.firstIndex { $0.contains("fds  kind") })
      #expect(lines[header + 1].contains("CLOSE_WAIT"))
    }
  }
}
