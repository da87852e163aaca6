import LinuxCalls
import SystemPackage

/// A process that runs, seen through one of its threads that does: a process whose first
/// thread has ended shows nothing by its own number.
struct LiveTask: ~Copyable {
  let identity: ProcessIdentity
  let folder: ProcFolder
  let hasLostItsLeader: Bool
  private let threads: [Int]
  /// The thread that is looked at.
  private let seen: Int

  /// Throws `zombie` when no thread is left.
  init(
    _ identity: ProcessIdentity, _ process: borrowing ProcFolder, in proc: borrowing ProcFolder
  ) throws(InspectionFailure) {
    self.identity = identity
    threads = (try? process.numbers(in: "task")) ?? []
    do throws(Errno) {
      if try !Self.hasEnded(process) {
        folder = try process.folder(".")
        seen = identity.pid
        hasLostItsLeader = false
        return
      }
      for thread in threads where thread != identity.pid && !identity.isThread {
        let task = try process.folder("task/\(thread)")
        guard try !Self.hasEnded(task) else { continue }
        folder = task
        seen = thread
        hasLostItsLeader = true
        return
      }
    } catch {
      throw InspectionFailure(reading: identity.pid, error)
    }
    let parent = try? proc.contents(of: "\(identity.parent)/comm").text
    throw .zombie(
      pid: identity.pid, name: identity.name, parent: identity.parent,
      parentName: parent.map { String($0.prefix { $0 != "\n" }) })
  }

  /// - Throws: what keeps one from looking, which says nothing of the task.
  private static func hasEnded(_ task: borrowing ProcFolder) throws(Errno) -> Bool {
    do throws(Errno) {
      return TaskStatus(stat: try task.contents(of: "stat").bytes)?.hasEnded ?? false
    } catch .noSuchFileOrDirectory {
      return true
    } catch .noSuchProcess {
      return true
    }
  }

  /// It has exited since, or is about to be gone: its table is empty by now.
  var hasEnded: Bool { (try? Self.hasEnded(folder)) ?? false }

  var limit: DescriptorLimit? {
    (try? folder.contents(of: "limits").text).flatMap { DescriptorLimit(limits: $0) }
  }

  /// Threads that are compared: one system call each.
  private static let threadLimit = 1 << 15

  /// Threads whose table is another than the one that is shown (kcmp(2)), as far as that may be
  /// asked.
  func threadsApart(isReal: Bool) -> [Int] {
    guard isReal, !identity.isThread, threads.count > 1, let one = Int32(exactly: seen)
    else { return [] }
    return threads.prefix(Self.threadLimit).filter { thread in
      // A thread that has ended has none at all.
      thread != seen && !(hasLostItsLeader && thread == identity.pid)
        && Int32(exactly: thread).map { linux_share_descriptors(one, $0) == 0 } == true
    }
  }
}
