import Glibc
import Reporting
import TraceModel

/// What `fdtrack watch` was asked to watch.
struct WatchTarget: Equatable {
  /// The trace.
  var path: String
  /// The process of it that was meant, by the pid that the trace has for it; nil for all.
  var pid: Int?

  /// A word of digits is a pid, everything else a path; `./1234` is a file's.
  static func find(_ word: String) throws(ReportFailure) -> WatchTarget {
    guard !word.isEmpty, word.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      return WatchTarget(path: word)
    }
    guard let pid = pid_t(word).map(Int.init), pid > 0 else {
      throw ReportFailure("there is no process \(word.prefix(40))")
    }
    let mappings: [FileMapping]
    do throws(ProcFile.ReadError) {
      mappings = try FileMapping.all(of: pid)
    } catch {
      if error.number == ENOENT || error.number == ESRCH {
        throw ReportFailure("there is no process \(pid); name a trace, or ./\(pid) for a file")
      }
      let way =
        geteuid() == 0
        ? "root, too, takes CAP_SYS_PTRACE in its user namespace for that; name its trace"
        : "run as its user or as root, or name its trace"
      throw ReportFailure("process \(pid) may not be looked at (\(error.text)): \(way)")
    }
    if let path = trace(among: mappings, of: pid) {
      return WatchTarget(path: path, pid: ProcFile.innermostPID(pid))
    }
    if mappings.isEmpty {
      throw ReportFailure(
        ProcFile.hasEnded(pid)
          ? "process \(pid) has ended, and its parent has not waited for it (a zombie): name its trace"
          : "process \(pid) is a thread of the kernel, which has no descriptors")
    }
    throw ReportFailure(
      "\(why(pid, mappings)). 'fdtrack pid \(pid)' shows what it has open, without a trace")
  }

  private static func trace(among mappings: [FileMapping], of pid: Int) -> String? {
    var looked: Set<UInt64> = []
    for mapping in mappings where mapping.isShared && looked.insert(mapping.inode).inserted {
      if let path = mapping.reachablePath(of: pid), isTrace(path) { return path }
    }
    return nil
  }

  private static func isTrace(_ path: String) -> Bool {
    // Never waits, as for the writer of a FIFO.
    let fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard fd >= 0 else { return false }
    defer { close(fd) }
    var start = [UInt8](repeating: 1, count: Trace.magic.count)
    return pread(fd, &start, start.count, 0) == start.count && start == Trace.magic
  }

  /// Why a process has no trace, as a sentence without its end.
  private static func why(_ pid: Int, _ mappings: [FileMapping]) -> String {
    let process = "process \(pid) (\(VisibleText.escaped(ProcFile.name(pid))))"
    func told(_ name: String) -> String? {
      ProcFile.variable(name, of: pid).flatMap { $0.isEmpty ? nil : VisibleText.escaped($0) }
    }
    // `id:/path`, which programs of a traced tree are given.
    let tree = told("FDTRACK_JOIN").flatMap { join in join.firstIndex(of: "/").map { join[$0...] } }
    let isLoaded = mappings.contains { $0.path.hasSuffix("/libfdtrack.so") }
    if isLoaded {
      let place =
        tree.map { " (\($0))" } ?? told("FDTRACK_OUT").map { " (FDTRACK_OUT is \($0))" } ?? ""
      return "\(process) has libfdtrack.so, but records nothing: its trace could not be written, "
        + "was taken away, or is another user's\(place)"
    }
    if let tree {
      return "\(process) was started by a traced program, but without libfdtrack.so "
        + "(is it static or setuid?); what started it is in \(tree)"
    }
    if let preload = told("LD_PRELOAD"), preload.contains("libfdtrack.so") {
      return "\(process) did not load the libfdtrack.so of its LD_PRELOAD (is it static or setuid?)"
    }
    return "\(process) writes no trace: it was started without libfdtrack.so"
  }
}
