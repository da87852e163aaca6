import Glibc
import LeakAnalysis
import Reporting
import Suppressions
import TraceModel

/// What a report is held against.
public struct ReportReferences: Equatable, Sendable {
  public var suppressions = SuppressionList()
  /// What is held on purpose.
  public var holders = KnownHolders.builtIn
  /// What an earlier run left open.
  public var baseline: Baseline?

  public init() {}

  mutating func addSuppressions(at path: String) throws(ReportFailure) {
    let bytes = try InputFile.bytes(at: path, limit: SuppressionFile.sizeLimit)
    do throws(SuppressionError) {
      suppressions = SuppressionList(
        suppressions.all + (try SuppressionFile.parse(bytes, file: path)))
    } catch {
      throw ReportFailure(VisibleText.escaped(error.description))
    }
  }

  /// Takes an earlier run's JSON report or trace: its first byte tells which. A trace is held
  /// against the suppressions and known holders that are set already.
  mutating func setBaseline(at path: String) throws(ReportFailure) {
    let fd = try InputFile.open(path)
    defer { close(fd) }
    let start = try InputFile.read(fd, path)
    guard !start.starts(with: Trace.magic) else {
      baseline = Baseline(try TraceFindings(at: path, self).report(self))
      return
    }
    guard start.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") else {
      throw InputFile.failure(
        path,
        (start.isEmpty ? "is empty" : "is neither a report in JSON nor a trace")
          + "; make a baseline with --format json")
    }
    do throws(BaselineError) {
      baseline = try Baseline(path: path, json: Self.chunks(of: fd, path, after: start))
    } catch {
      throw InputFile.failure(path, VisibleText.escaped(error.description))
    }
  }

  /// Bytes of a report that are read.
  private static let reportLimit = 4 << 30

  private static func chunks(
    of fd: Int32, _ path: String, after start: [UInt8]
  ) -> () throws(BaselineError) -> [UInt8] {
    var first: [UInt8]? = start
    var total = 0
    return { () throws(BaselineError) -> [UInt8] in
      if let start = first {
        first = nil
        return start
      }
      do throws(ReadFailure) {
        let chunk = try InputFile.chunk(fd)
        total += chunk.count
        guard total <= reportLimit else {
          throw ReadFailure("is larger than \(reportLimit >> 30) GiB")
        }
        return chunk
      } catch {
        throw BaselineError(error.reason)
      }
    }
  }
}
