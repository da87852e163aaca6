import Glibc
import ProcessInspection
import Reporting

/// A file that a process has mapped, as proc_pid_maps(5) tells.
struct FileMapping: Equatable {
  /// As in the file's name below `map_files`.
  var addresses: String
  /// A change of it changes the file.
  var isShared: Bool
  var inode: UInt64
  /// As the process's own root folder has it.
  var path: String
  var isDeleted: Bool

  static func all(of pid: Int) throws(ProcFile.ReadError) -> [FileMapping] {
    parse(try ProcFile.contents("/proc/\(pid)/maps"))
  }

  static func parse(_ text: [UInt8]) -> [FileMapping] {
    text.split(separator: UInt8(ascii: "\n")).compactMap(FileMapping.init(line:))
  }

  private init?(line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 6, let inode = UInt64(fields[4]), inode != 0 else { return nil }
    addresses = fields[0]
    isShared = fields[1].hasSuffix("s")
    self.inode = inode
    let path = fields[5].drop { $0 == " " }
    let unmarked = DeletedMark.stripped(from: path)
    isDeleted = unmarked != nil
    // The only character that is escaped there.
    self.path = (unmarked ?? path).split(separator: "\\012", omittingEmptySubsequences: false)
      .joined(separator: "\n")
    guard self.path.hasPrefix("/") else { return nil }
  }

  /// Whether a recorder has the trace of that inode and file name mapped so. Device numbers differ
  /// on some file systems between stat(2) and the mapping.
  func isRecording(_ inode: UInt64, name: Substring) -> Bool {
    isShared && self.inode == inode && (isDeleted || path.lastComponent == name)
  }

  /// Where this process finds the file of a process's mapping: under the path itself, through
  /// that process's root folder, or, for a file that has no name any more, through the mapping.
  /// nil where it is not found.
  func reachablePath(of pid: Int) -> String? {
    [path, "/proc/\(pid)/root\(path)", "/proc/\(pid)/map_files/\(addresses)"].first { path in
      var status = stat()
      return stat(path, &status) == 0 && UInt64(status.st_ino) == inode
    }
  }
}
