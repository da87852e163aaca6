/// Paths that are the same on everybody's machine and tell nothing about its owner.
enum SystemPaths {
  /// Whether an absolute path is shown whole.
  static func isShown(_ path: String) -> Bool {
    let parts = normalized(path)
    let name = "/" + parts.joined(separator: "/")
    if files.contains(name) || folders.contains(name) { return true }
    if trees.contains(where: { name.hasPrefix($0 + "/") }) { return true }
    switch parts.first {
    case "dev": return parts.count == 2 || (parts.count == 3 && deviceFolders.contains(parts[1]))
    // What a process has there is named by the kernel, but for what lies behind its links.
    case "proc": return !parts.contains { $0 == "root" || $0 == "cwd" }
    default: return false
    }
  }

  /// Whether sources of this path come from a distribution or a toolchain, given that the
  /// module does: those are relative to its build or below the build's own folder.
  static func isBuildPath(_ path: String) -> Bool {
    !path.hasPrefix("/") || path.hasPrefix("/build/")
  }

  /// Whether an absolute path is a folder that every system has, what is in it apart.
  static func isFolder(_ path: String) -> Bool { folders.contains(path) }

  /// Without `.`, `..` and empty parts.
  private static func normalized(_ path: String) -> [Substring] {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }

  /// What packages install: shown with all that is below.
  private static let trees = [
    "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/rustc", "/sbin", "/sys/devices/system",
    "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec",
    "/usr/libx32", "/usr/sbin", "/usr/share/i18n", "/usr/share/locale", "/usr/share/zoneinfo",
  ]

  /// Shown themselves; what is below them has pseudonyms.
  private static let folders: Set<String> = Set(
    [
      "/boot", "/dev", "/dev/mqueue", "/dev/shm", "/etc", "/etc/ssl", "/home", "/media", "/mnt",
      "/opt", "/proc", "/root", "/run", "/run/lock", "/run/user", "/snap", "/srv", "/sys",
      "/sys/class", "/sys/devices", "/sys/fs", "/sys/fs/cgroup", "/tmp", "/usr", "/usr/local",
      "/usr/local/bin", "/usr/local/lib", "/usr/local/sbin", "/usr/local/share", "/usr/share",
      "/usr/src", "/var", "/var/cache", "/var/lib", "/var/lock", "/var/log", "/var/run",
      "/var/spool", "/var/tmp",
    ] + trees)

  private static let files: Set<String> = [
    "/", "/etc/gai.conf", "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/ld.so.cache",
    "/etc/ld.so.preload", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd",
    "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/shadow", "/etc/timezone",
    "/var/log/syslog", "/var/log/wtmp", "/run/utmp", "/var/run/utmp", "/dev/log",
  ]

  private static let deviceFolders: Set<Substring> = ["fd", "input", "net", "pts", "snd"]
}
