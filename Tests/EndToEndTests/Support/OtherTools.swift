import Foundation

/// What lsof(8) and ss(8) say of a process.
enum OtherTools {
  /// One descriptor by lsof.
  struct File {
    var access = ""
    var type = ""
    var name = ""
    var inode: UInt64?
    var links: Int?
    var state: String?
  }

  /// By number; what a process has without a descriptor is left out.
  static func lsof(_ pid: pid_t) throws -> [Int: File] {
    let outcome = try run(["/usr/bin/lsof", "-n", "-P", "-p", "\(pid)", "-F", "fatiTnk"])
    var files: [Int: File] = [:]
    var current: Int?
    for line in outcome.output.split(separator: "\n") {
      guard let field = line.first else { continue }
      let value = String(line.dropFirst())
      if field == "f" {
        current = Int(value)
        if let current { files[current] = File() }
      }
      guard let current else { continue }
      switch field {
      case "a": files[current]?.access = value
      case "t": files[current]?.type = value
      case "i": files[current]?.inode = UInt64(value)
      case "k": files[current]?.links = Int(value)
      case "n": files[current]?.name = value
      case "T" where value.hasPrefix("ST="): files[current]?.state = String(value.dropFirst(3))
      default: break
      }
    }
    return files
  }

  /// One socket by ss.
  struct Socket {
    var state: String
    var receiveQueue: Int
    var sendQueue: Int
    var local: String
    /// What stands between the local end and the processes: of unix sockets, the inodes.
    var rest: [String]
  }

  /// By number. `family` is its option: `t`, `u` or `x`.
  static func ss(_ pid: pid_t, _ family: String) throws -> [Int: Socket] {
    let outcome = try run(["/usr/bin/ss", "-H\(family)anp"])
    guard outcome.status == .exit(0) else { throw TestFailure("ss: \(outcome.errors)") }
    var sockets: [Int: Socket] = [:]
    for line in outcome.output.split(separator: "\n") {
      var words = line.split(separator: " ").map(String.init)
      if family == "x" { words.removeFirst() }
      guard words.count >= 6, let users = words.last, let receive = Int(words[1]),
        let send = Int(words[2])
      else { continue }
      let socket = Socket(
        state: words[0], receiveQueue: receive, sendQueue: send, local: words[3],
        rest: Array(words[4..<words.count - 1]))
      for match in users.matches(of: /pid=(\d+),fd=(\d+)/) where Int32(match.1) == pid {
        if let fd = Int(match.2) { sockets[fd] = socket }
      }
    }
    return sockets
  }
}
