import Glibc
import SystemPackage

/// What several processes can hold at once.
enum SharedObject: Hashable {
  case socket(inode: UInt64)
  case pipe(inode: UInt64)
  /// By the path of the link. Another file can have it; see ``HolderSearch``.
  case file(String)

  init?(_ link: String) {
    switch DescriptorLink(link) {
    case .socket(let inode): self = .socket(inode: inode)
    case .pipe(let inode): self = .pipe(inode: inode)
    case .path: self = .file(link)
    case .anonymous: return nil
    }
  }
}

/// Looks through the descriptors of all other processes for what one process holds.
struct HolderSearch {
  /// What is searched; for files, their device and inode, which the path alone does not prove.
  var wanted: [SharedObject: FileIdentity?]
  /// Not searched: its descriptors are known.
  var own: Int

  struct FileIdentity: Equatable {
    var device: UInt64
    var inode: UInt64
  }

  /// One descriptor that somebody has.
  struct Hold: Equatable {
    var pid: Int
    var name: String
    var fd: Int
    var reads: Bool
    var writes: Bool
  }

  struct Outcome {
    var holds: [SharedObject: [Hold]] = [:]
    var unseen: [Unseen] = []
  }

  /// Links that are read: some seconds of work.
  static let linkLimit = 4_000_000

  /// Searches the processes below a folder of the form of /proc.
  func run(in proc: borrowing ProcFolder, linkLimit: Int = linkLimit) -> Outcome {
    var outcome = Outcome()
    var (refused, searched, links) = (0, 0, 0)
    let pids = (try? proc.numbers()) ?? []
    // The first process of a namespace is always there.
    if !pids.contains(1) { outcome.unseen.append(.hiddenProcesses) }
    for pid in pids where pid != own {
      guard links < linkLimit else {
        outcome.unseen.append(.searchEnded(after: searched))
        break
      }
      searched += 1
      do throws(Errno) {
        let process = try proc.folder("\(pid)")
        links += try search(process, pid, &outcome)
      } catch .noSuchFileOrDirectory, .noSuchProcess {
        searched -= 1
      } catch {
        refused += 1
      }
    }
    if refused > 0 { outcome.unseen.append(.holders(count: refused, of: searched)) }
    return outcome
  }

  /// Returns how many links were read.
  private func search(
    _ process: borrowing ProcFolder, _ pid: Int, _ outcome: inout Outcome
  ) throws(Errno) -> Int {
    let numbers = try process.numbers(in: "fd")
    var name: String?
    for fd in numbers {
      guard let link = try process.link(ofDescriptor: fd),
        let object = SharedObject(link), let identity = wanted[object],
        isSame(identity, process, fd)
      else { continue }
      let holder = name ?? Self.name(of: process)
      name = holder
      let mode = try? process.status(of: "fd/\(fd)", following: false)
      outcome.holds[object, default: []].append(
        Hold(
          pid: pid, name: holder, fd: fd, reads: mode?.ownerReads ?? true,
          writes: mode?.ownerWrites ?? true))
    }
    return numbers.count
  }

  private func isSame(_ identity: FileIdentity?, _ process: borrowing ProcFolder, _ fd: Int) -> Bool
  {
    guard let identity else { return true }
    guard let status = try? process.status(of: "fd/\(fd)") else { return false }
    return FileIdentity(device: status.device, inode: status.inode) == identity
  }

  private static func name(of process: borrowing ProcFolder) -> String {
    guard let text = try? process.contents(of: "comm").text else { return "?" }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

extension Holder {
  /// One value a process, by pid, with the numbers of all.
  static func merged(_ holders: [Holder]) -> [Holder] {
    Dictionary(grouping: holders, by: \.pid)
      .compactMap { pid, same in
        same.first.map {
          Holder(pid: pid, name: $0.name, fds: Set(same.flatMap(\.fds)).sorted())
        }
      }
      .sorted { $0.pid < $1.pid }
  }

  static func holders(_ holds: some Sequence<HolderSearch.Hold>) -> [Holder] {
    merged(holds.map { Holder(pid: $0.pid, name: $0.name, fds: [$0.fd]) })
  }
}
