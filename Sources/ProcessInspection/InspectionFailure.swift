import SystemPackage

/// Why there is nothing to tell of a process. `description` is one line; names in it are
/// unescaped.
public enum InspectionFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no process of that number.
  case noSuchProcess(pid: Int)
  /// It ended before it could be looked at.
  case ended(pid: Int)
  /// It is there, and /proc does not show it (`hidepid` of proc_pid(5)).
  case hidden(pid: Int)
  /// It has ended; its parent has not asked for its status yet.
  case zombie(pid: Int, name: String, parent: Int, parentName: String?)
  case kernelThread(pid: Int, name: String)
  /// /proc itself, or a file in it, is not as it should be.
  case unreadable(path: String, errno: Int32)

  init(reading pid: Int, _ error: Errno) {
    switch error {
    case .noSuchProcess, .noSuchFileOrDirectory: self = .ended(pid: pid)
    default: self = .unreadable(path: "/proc/\(pid)", errno: error.rawValue)
    }
  }

  public var description: String {
    switch self {
    case .noSuchProcess(let pid): "there is no process \(pid)"
    case .ended(let pid): "process \(pid) ended before it could be looked at"
    case .hidden(let pid):
      "process \(pid) is hidden: /proc is mounted with hidepid; run as its user or as root (CAP_SYS_PTRACE)"
    case .zombie(let pid, let name, let parent, let parentName):
      "process \(pid) (\(name)) has ended and holds no fds; its parent \(parent)"
        + (parentName.map { " (\($0))" } ?? "") + " has not waited for it (a zombie)"
    case .kernelThread(let pid, let name):
      "\(pid) (\(name)) is a thread of the kernel, which has no fds"
    case .unreadable(let path, let errno):
      "\(path) cannot be read: \(Errno(rawValue: errno).description)"
    }
  }
}
