import Glibc

/// Root folders of processes that have other files than this one under the same paths: those of
/// containers, and of chroot(2).
enum MountRoots {
  /// One for each view of the files, in order of pid.
  static func of(_ pids: some Sequence<Int>) -> [String] {
    var known = Set([View(of: "self")].compactMap { $0 })
    var roots: [String] = []
    for pid in pids.sorted() {
      guard let view = View(of: "\(pid)"), known.insert(view).inserted else { continue }
      roots.append("/proc/\(pid)/root")
      if roots.count == limit { break }
    }
    return roots
  }

  /// Each is asked for each module that is missing.
  private static let limit = 16

  /// A mount namespace, and the folder that is its root to the process.
  private struct View: Hashable {
    var namespace: String
    var device: dev_t
    var inode: ino_t

    init?(of process: String) {
      var status = stat()
      guard let namespace = ProcFile.link("/proc/\(process)/ns/mnt"),
        stat("/proc/\(process)/root/", &status) == 0
      else { return nil }
      (self.namespace, device, inode) = (namespace, status.st_dev, status.st_ino)
    }
  }
}
