import Glibc
import SystemPackage

extension ProcessIdentity {
  /// Reads who a process is. `pid` is what the folder was opened by.
  init(pid: Int, _ folder: borrowing ProcFolder) throws(InspectionFailure) {
    let status: TaskStatus
    let text: String
    do throws(Errno) {
      guard let parsed = TaskStatus(stat: try folder.contents(of: "stat").bytes) else {
        throw Errno.badMessage
      }
      status = parsed
      text = try folder.contents(of: "status").text
    } catch {
      throw InspectionFailure(reading: pid, error)
    }
    if status.isKernelThread { throw .kernelThread(pid: pid, name: status.name) }
    self.init(
      pid: pid, process: NamedValues.value("Tgid", in: text).flatMap { Int($0) },
      name: status.name, parent: status.parent, threads: status.threads,
      startTicks: status.startTicks)
    user = NamedValues.value("Uid", in: text)?
      .split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    // Not everybody may read it, and a name that was deleted since has the kernel's mark.
    executable = try? folder.link("exe")
    arguments = Self.words((try? folder.contents(of: "cmdline").bytes) ?? [])
    ageNs = Self.age(sinceBoot: status.startTicks)
  }

  private static func words(_ line: [UInt8]) -> [String] {
    var words = line.split(separator: 0, omittingEmptySubsequences: false)
    if words.last?.isEmpty == true { words.removeLast() }
    return words.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func age(sinceBoot ticks: UInt64) -> UInt64? {
    let hz = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    let (seconds, overflow) = (ticks / hz).multipliedReportingOverflow(by: 1_000_000_000)
    let start = seconds &+ ticks % hz * 1_000_000_000 / hz
    let present = SystemClock.nanoseconds(CLOCK_BOOTTIME)
    return overflow || start > present ? nil : present - start
  }
}
