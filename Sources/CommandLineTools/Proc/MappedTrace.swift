import Glibc
import ProcessInspection
import TraceModel

/// A trace's file, as the mappings of those that write it tell of it.
struct MappedTrace {
  let inode: UInt64
  private let name: Substring

  /// nil where there is no such file.
  init?(path: String) {
    // Only a descriptor has the name that mappings tell, whatever links led to it.
    let fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard fd >= 0 else { return nil }
    defer { close(fd) }
    var status = stat()
    guard fstat(fd, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    let told = ProcFile.link("/proc/self/fd/\(fd)") ?? path
    name = (DeletedMark.stripped(from: told[...]).map(String.init) ?? told).lastComponent
  }

  func isWritten(by pid: Int) -> Bool {
    guard pid > 0, let mappings = try? FileMapping.all(of: pid) else { return false }
    return mappings.contains { $0.isRecording(inode, name: name) }
  }
}
