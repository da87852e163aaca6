import SystemPackage
import TraceModel

/// Finds out whether other processes have the other ends of pipes.
///
/// What is told of a number is of a pipe that the process had under it before and after: one that
/// came or went meanwhile is left out.
public enum PipeLook {
  /// Links of other processes that are read: some hundred milliseconds of work.
  private static let linkLimit = 100_000

  /// The pipes of which another process has the other end, and the process itself does not.
  ///
  /// - Parameters:
  ///   - wanted: numbers of descriptors, by pid; the result's are among them.
  ///   - root: where proc(5) is mounted.
  public static func sights(
    of wanted: [Int: [Int]], in root: String = "/proc"
  ) -> [Int: [Int: PipeSight]] {
    guard !wanted.isEmpty, let proc = try? ProcFolder(path: root) else { return [:] }
    var ends: [Int: [Int: PipeEnd]] = [:]
    for (pid, numbers) in wanted {
      guard let process = try? proc.folder("\(pid)") else { continue }
      ends[pid] = process.pipeEnds(under: numbers)
    }
    var pipes: [SharedObject: HolderSearch.FileIdentity?] = [:]
    for end in ends.values.lazy.flatMap(\.values) {
      pipes[.pipe(inode: end.inode)] = .some(nil)
    }
    guard !pipes.isEmpty else { return [:] }
    let holds = HolderSearch(wanted: pipes, own: 0).run(in: proc, linkLimit: linkLimit).holds
    var sights: [Int: [Int: PipeSight]] = [:]
    for (pid, ends) in ends {
      guard let process = try? proc.folder("\(pid)") else { continue }
      let now = process.pipeEnds(under: Array(ends.keys))
      sights[pid] = ends.filter { fd, end in
        let others = (holds[.pipe(inode: end.inode)] ?? []).filter {
          ($0.pid, $0.fd) != (pid, fd) && (end.reads ? $0.writes : $0.reads)
        }
        return now[fd] == end && !others.isEmpty && others.allSatisfy { $0.pid != pid }
      }.mapValues { PipeSight(inode: $0.inode) }
    }
    return sights
  }
}

/// What a descriptor of a pipe is for.
private struct PipeEnd: Equatable {
  var inode: UInt64
  var reads: Bool
}

extension ProcFolder {
  fileprivate borrowing func pipeEnds(under numbers: [Int]) -> [Int: PipeEnd] {
    var ends: [Int: PipeEnd] = [:]
    for fd in numbers {
      guard let link = try? link(ofDescriptor: fd), case .pipe(let inode) = DescriptorLink(link),
        let mode = try? status(of: "fd/\(fd)", following: false)
      else { continue }
      ends[fd] = PipeEnd(inode: inode, reads: mode.ownerReads)
    }
    return ends
  }
}
