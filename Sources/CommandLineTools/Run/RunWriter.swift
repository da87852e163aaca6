import Glibc
import SystemPackage

/// Who is writing to a trace.
enum RunWriter {
  /// Whether a process has the file mapped: pids are reused, so that one is
  /// alive proves nothing. What may not be looked at counts as mapping it.
  /// Source: proc(5), /proc/pid/maps.
  static func maps(_ inode: UInt64, path: FilePath, pid: pid_t) -> Bool {
    guard kill(pid, 0) == 0 || errno == EPERM else { return false }
    do throws(ProcFile.ReadError) {
      // A file system with layers may show another inode there than stat(2).
      return try FileMapping.all(of: Int(pid)).contains {
        $0.inode == inode || $0.path == path.string
      }
    } catch {
      return error.number != ENOENT && error.number != ESRCH
    }
  }
}
