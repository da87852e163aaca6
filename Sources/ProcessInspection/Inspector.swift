import Glibc
import LinuxCalls
import SystemPackage
import TraceModel

/// Looks at the descriptors of a process that runs, without disturbing it: all is read from
/// proc(5) and sock_diag(7).
public struct Inspector {
  /// How often it is looked at, and with which pauses.
  public struct Plan: Equatable, Sendable {
    public var count: Int
    public var intervalNs: UInt64

    public init(count: Int = 1, intervalNs: UInt64 = 0) {
      self.count = max(1, count)
      self.intervalNs = intervalNs
    }
  }

  /// How a pause ended.
  public enum PauseEnd: Equatable, Sendable {
    case over
    /// By the end of the process.
    case ended
    /// By who waits for the report.
    case interrupted
  }

  /// Waits between two looks; the first argument is a pidfd (pidfd_open(2)), or -1.
  public typealias Pause = (_ pidfd: Int32, _ nanoseconds: UInt64) -> PauseEnd

  private let root: String
  private let pause: Pause
  private let clock: () -> UInt64

  /// - Parameters:
  ///   - root: where proc(5) is mounted.
  ///   - clock: nanoseconds on any clock that does not stand still.
  public init(
    root: String = "/proc", pause: @escaping Pause = systemPause,
    clock: @escaping () -> UInt64 = Self.monotonicClock
  ) {
    self.root = root
    self.pause = pause
    self.clock = clock
  }

  /// Looks at a process, or at the process of a thread.
  ///
  /// Where descriptors may not be read, the result says so and has their number, if that.
  ///
  /// - Parameters:
  ///   - searchesOthers: look for other holders in all processes, which reads all their links.
  ///   - progress: is called after each look with its number and how many were open.
  public func inspect(
    _ pid: Int, plan: Plan = Plan(), searchesOthers: Bool = true,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(InspectionFailure) -> Inspection {
    let proc = try opened(root)
    let folder = try process(pid, in: proc)
    let identity = try ProcessIdentity(pid: pid, folder)
    // While the folder can be read the process is there, and its pid is nobody else's.
    let pidfd = PidDescriptor(of: identity.process, isReal: root == "/proc")
    let live = try LiveTask(identity, folder, in: proc)
    var series = SampleSeries()
    var end = PauseEnd.over
    for number in 1...plan.count {
      if number > 1 {
        end = pause(pidfd.fd, plan.intervalNs)
        guard end == .over else { break }
      }
      do throws(Errno) {
        try series.take(live, at: clock())
        progress(number, series.last?.count ?? 0)
      } catch .noSuchProcess, .noSuchFileOrDirectory {
        end = .ended
        break
      } catch {
        throw .unreadable(path: "\(root)/\(pid)/fd", errno: error.rawValue)
      }
    }
    guard let last = series.last else { throw .ended(pid: pid) }
    var inspection = Inspection(process: identity)
    inspection.process.ageNs = identity.ageNs.map { $0.addingWithSaturation(series.spanNs) }
    inspection.process.endedMeanwhile = end == .ended
    inspection.process.hasLostItsLeader = live.hasLostItsLeader
    inspection.process.isInOtherNetwork = last.isInOtherNetwork
    inspection.limit = live.limit
    inspection.growth = series.growth
    inspection.count = last.count
    inspection.unseen = last.unseen
    inspection.asker = .current
    inspection.threadsApart = live.threadsApart(isReal: root == "/proc")
    complete(&inspection, last, in: proc, searchesOthers)
    return inspection
  }

  /// Holders, groups and findings.
  private func complete(
    _ inspection: inout Inspection, _ sample: DescriptorSample, in proc: borrowing ProcFolder,
    _ searchesOthers: Bool
  ) {
    var outcome = HolderSearch.Outcome()
    let connections = Connections(of: inspection.process, sample.catalogue)
    if var descriptors = sample.descriptors {
      if searchesOthers {
        let wanted = connections.wanted(by: descriptors)
        outcome = HolderSearch(wanted: wanted, own: inspection.process.process).run(in: proc)
        inspection.unseen += outcome.unseen
        inspection.searchedOthers = true
      }
      connections.enter(outcome.holds, in: &descriptors)
      inspection.groups = DescriptorGroup.groups(of: descriptors)
      inspection.descriptors = descriptors
    }
    inspection.findings = FindingRules(inspection: inspection).findings { listener in
      connections.sharersOfPort(listener, outcome.holds)
    }
  }

  private func opened(_ path: String) throws(InspectionFailure) -> ProcFolder {
    do throws(Errno) {
      return try ProcFolder(path: path)
    } catch {
      throw .unreadable(path: path, errno: error.rawValue)
    }
  }

  private func process(
    _ pid: Int, in proc: borrowing ProcFolder
  ) throws(InspectionFailure) -> ProcFolder {
    do throws(Errno) {
      return try proc.folder("\(pid)")
    } catch .noSuchFileOrDirectory {
      if root == "/proc", let number = pid_t(exactly: pid), kill(number, 0) == 0 || errno == EPERM {
        throw .hidden(pid: pid)
      }
      throw .noSuchProcess(pid: pid)
    } catch {
      throw InspectionFailure(reading: pid, error)
    }
  }

  public static func monotonicClock() -> UInt64 { SystemClock.nanoseconds(CLOCK_MONOTONIC) }

  /// Ends early when the process does, and at SIGINT or SIGTERM, which the caller has blocked.
  public static func systemPause(pidfd: Int32, nanoseconds: UInt64) -> PauseEnd {
    switch linux_wait(pidfd, nanoseconds) {
    case 0: .over
    case 1: .ended
    default: .interrupted
    }
  }
}

/// Owns a pidfd; -1 where there is none to be had.
private struct PidDescriptor: ~Copyable {
  let fd: Int32

  init(of process: Int, isReal: Bool) {
    fd = isReal ? pid_t(exactly: process).map { linux_pidfd_open($0) } ?? -1 : -1
  }

  deinit { if fd >= 0 { close(fd) } }
}
