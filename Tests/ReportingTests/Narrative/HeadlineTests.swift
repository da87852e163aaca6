import LeakAnalysis
import Testing

@testable import Reporting

@Suite("The headline of a report")
struct HeadlineTests {
  private func headline(_ change: (inout Report) -> Void) -> String {
    var report = Sample.report
    report.misuse = []
    report.inheritance = []
    for index in report.processes.indices { report.processes[index].isTraced = true }
    change(&report)
    return Narrative(report).headline
  }

  @Test("Wrong uses and limits that were hit are in the headline, whatever is open")
  func headlineNotes() {
    let text = headline {
      $0.sites = []
      $0.misuse = Sample.report.misuse
      $0.processes[0].limitHit = .init(api: "open", stack: .missing, atNs: nil)
    }
    #expect(text == "No leak. 1 process ran out of fds. 1 wrong use of fds.")
  }

  @Test("What was found says little of a command that was not traced, or not to its end")
  func untracedCommand() {
    #expect(
      headline {
        $0.sites = []
        $0.processes[0].isTraced = false
      } == "No leak in what was seen, but the command itself was not traced: see Coverage.")
    #expect(
      headline { $0.processes[0].goesOnUntraced = true }
        == "1 call site leaks 40 fds; 1 more is suspect (3 fds); the command went on untraced,"
        + " see Coverage.")
    // Another program of the tree is none that people asked for, but nothing is known of it.
    let child = headline {
      $0.sites = []
      $0.processes[1].isTraced = false
    }
    #expect(child == "No leak in what was traced. 1 program was not traced.")
    #expect(!headline { $0.processes[1].isTraced = false }.contains("traced"), "beside a leak")
  }

  @Test("The verdict counts call sites and descriptors")
  func headlines() {
    #expect(headline { _ in } == "1 call site leaks 40 fds; 1 more is suspect (3 fds).")
    #expect(
      headline {
        $0.sites[1].verdict = .leak
        $0.sites[2].verdict = .leak
      } == "3 call sites leak 44 fds.")
    #expect(
      headline { $0.sites.remove(at: 0) } == "No certain leak; 1 call site is suspect (3 fds).")
    #expect(
      headline { $0.sites.removeFirst(2) }
        == "No leak; 1 call site holds 1 fd that looks intended.")
    #expect(headline { $0.sites = [] } == "No leak.")
    #expect(
      headline {
        $0.sites.removeFirst(2)
        $0.sites[0].reasons = [Sample.reason(.standardStream(count: 1))]
      } == "No leak.", "what was put in the place of 0-2 is nothing to ask about")
  }

  @Test("No leak of what still runs is none so far")
  func stillRunning() {
    let clean = headline {
      $0.sites = []
      $0.processes[1].endKind = "running"
    }
    #expect(clean == "No leak so far.")
    let held = headline {
      $0.sites.removeFirst(2)
      $0.processes[0].endKind = "running"
    }
    #expect(held == "No leak so far; 1 call site holds 1 fd that looks intended.")
  }

  @Test(
    "A trace that lost anything never reads clean",
    arguments: [
      { $0.trace.losses = [Report.Loss(name: "stacks", text: "events without a stack", count: 2)] },
      { $0.trace.unseen = 1 }, { $0.trace.vanished = 1 },
    ] as [@Sendable (inout Report) -> Void])
  func lossy(damage: @Sendable (inout Report) -> Void) {
    let clean = headline {
      $0.sites = []
      damage(&$0)
    }
    #expect(clean == "No leak in what was seen, but the trace is incomplete: see Coverage.")
    #expect(headline(damage).contains("the trace is incomplete, see Coverage"))
    var report = Sample.report
    damage(&report)
    #expect(!Narrative(report).coverage.contains { $0.hasPrefix("Nothing was lost") })
  }

  @Test(
    "Where nothing is missing but ends of stacks of what is open, that is said",
    arguments: ["stacks_broken", "stacks_cut"])
  func shortStacks(name: String) {
    let short: (inout Report) -> Void = {
      $0.trace.losses = [Report.Loss(name: name, text: "early ends", count: 2)]
      $0.sites[2].stack.end = name == "stacks_cut" ? .cut : .broken
    }
    #expect(headline(short).contains("(3 fds); some stacks end early, see Coverage."))
    let held = headline {
      short(&$0)
      $0.sites.removeFirst(2)
    }
    #expect(held == "No leak in what was seen, but some stacks end early: see Coverage.")
    let damaged = headline {
      short(&$0)
      $0.trace.damaged = 1
    }
    #expect(damaged.contains("the trace is damaged"))
  }

  @Test("Ends that stacks lack where nothing is open are told in Coverage alone")
  func shortStacksOfClosed() {
    let short: (inout Report) -> Void = {
      $0.trace.losses = [Report.Loss(name: "stacks_cut", text: "early ends", count: 2)]
      for site in $0.sites.indices { $0.sites[site].stack.end = .complete }
    }
    #expect(headline(short).contains("(3 fds)."))
    let closed: (inout Report) -> Void = {
      short(&$0)
      $0.sites = [$0.sites[0]]
      ($0.sites[0].verdict, $0.sites[0].live) = (.clean, 0)
      $0.sites[0].stack.end = .cut
    }
    #expect(headline(closed) == "No leak.")
    var report = Sample.report
    closed(&report)
    #expect(!report.isLossy && Narrative(report).coverage.contains("2 early ends."))
    // What is not shown may have been opened so.
    report.omitted.sites = 1
    #expect(report.isLossy)
  }

  @Test("A program that ended around libc may have opened around it, and never reads clean")
  func endedAroundLibc() {
    let text = headline {
      $0.sites = []
      $0.processes[0].wasCheckedLast = false
    }
    #expect(text == "No leak in what was seen, but not all may have been: see Coverage.")
    let killed = headline {
      $0.sites = []
      $0.processes[0].wasChecked = false
      $0.processes[0].endKind = "signal"
    }
    #expect(killed == "No leak.")
    let failedExec = headline {
      $0.sites = []
      $0.processes[0].wasChecked = false
      $0.processes[0].how = "vfork"
    }
    #expect(failedExec == "No leak.", "nothing was its own")
  }

  @Test("What modules did around the recorder is not known where the end was not compared")
  func loadedAround() {
    let killed: (inout Report) -> Void = {
      ($0.processes[0].endKind, $0.processes[0].loadedAround) = ("signal", .init(count: 6))
      $0.processes[0].wasCheckedLast = false
    }
    #expect(headline(killed).contains("; not all may have been seen, see Coverage."))
    let clean: (inout Report) -> Void = {
      killed(&$0)
      $0.sites = []
    }
    #expect(headline(clean) == "No leak in what was seen, but not all may have been: see Coverage.")
    #expect(
      headline {
        clean(&$0)
        $0.processes[0].wasCheckedLast = true
      } == "No leak.")
  }

  @Test(
    "What code of Go did is not known where the end was not compared",
    arguments: [
      "signal", "unknown", "running",
    ])
  func directCalls(end: String) {
    let told: (inout Report) -> Void = {
      ($0.processes[0].endKind, $0.processes[0].callsDirectly) = (end, true)
      $0.processes[0].wasCheckedLast = false
    }
    #expect(headline(told).contains("; the command has code of Go, see Coverage."))
    let clean: (inout Report) -> Void = {
      told(&$0)
      $0.sites = []
    }
    #expect(
      headline(clean) == "No leak in what was seen, but the command has code of Go: see Coverage.")
    let child = headline {
      clean(&$0)
      ($0.processes[0].endKind, $0.processes[0].callsDirectly) = ("exit", false)
      var child = $0.processes[0]
      (child.id, child.how, child.parent) = (2, "fork", 1)
      (child.endKind, child.callsDirectly) = (end, true)
      $0.processes = [$0.processes[0], child]
    }
    #expect(child == "No leak in what was seen, but not all may have been: see Coverage.")
    let compared = headline {
      clean(&$0)
      $0.processes[0].wasCheckedLast = true
    }
    #expect(compared == (end == "running" ? "No leak so far." : "No leak."))
    let other = headline {
      clean(&$0)
      ($0.processes[0].endKind, $0.processes[0].how) = ("exit", "vfork")
    }
    #expect(other == "No leak.", "nothing was its own")
  }

  @Test("Leaks that the filter hides are not denied")
  func filtered() {
    let text = headline {
      $0.sites = []
      $0.omitted = Report.Omitted(sites: 2, descriptors: 9, leaks: 1)
    }
    #expect(
      text == "No leak among the sites shown; 1 call site that leaks was left out by the filter.")
  }
}
