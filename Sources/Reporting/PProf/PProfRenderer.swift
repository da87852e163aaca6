/// Renders a report as a profile that pprof reads, see `docs/profiles.md`: per call site and
/// process how many descriptors are open and how many were opened.
///
/// Source: `proto/profile.proto` of https://github.com/google/pprof
public struct PProfRenderer: Sendable {
  /// In the order of a sample's values.
  private static let valueTypes = ["open_fds", "opened_fds"]

  public init() {}

  /// Returns a message `Profile`, not compressed. What is all closed is part of it when the
  /// report has it.
  public func render(_ report: Report) -> [UInt8] {
    var tables = ProfileTables(modules: Self.modules(of: report))
    var profile = ProtobufMessage()
    for type in Self.valueTypes {
      var part = ProtobufMessage()
      part.add(1, tables.string(type))
      part.add(2, tables.string("count"))
      profile.add(Field.sampleType, element: part)
    }
    for site in report.sites {
      let locations = tables.locations(of: site.stack)
      for counts in site.byProcess where counts.live > 0 || counts.opened > 0 {
        let labels = [
          ("api", site.api), ("fingerprint", site.fingerprint), ("kind", site.kind),
          ("pid", report.process(counts.process).map { String($0.pid) } ?? ""),
          ("verdict", site.verdict.rawValue),
        ]
        var sample = ProtobufMessage()
        sample.add(1, packed: locations)
        sample.add(2, packed: [UInt64(clamping: counts.live), min(counts.opened, Self.most)])
        for (key, value) in labels where !value.isEmpty {
          var label = ProtobufMessage()
          label.add(1, tables.string(key))
          label.add(2, tables.string(value))
          sample.add(3, element: label)
        }
        profile.add(Field.sample, element: sample)
      }
    }
    profile.add(Field.time, min(report.trace.startedRealtimeNs ?? 0, Self.most))
    profile.add(Field.duration, min(report.trace.durationNs ?? 0, Self.most))
    let narrative = Narrative(report)
    let comments = [narrative.headline] + narrative.context + narrative.coverage
    profile.add(Field.comment, packed: comments.map { tables.string($0) })
    profile.add(Field.defaultSampleType, tables.string(Self.valueTypes[0]))
    profile.append(tables.message())
    return profile.bytes
  }

  /// Numbers of a profile are signed.
  private static let most = UInt64(Int64.max)

  /// The program that the command started comes first.
  private static func modules(of report: Report) -> [Report.Module] {
    let program = report.processes.first?.exe
    return report.modules.filter { $0.path == program }
      + report.modules.filter { $0.path != program }
  }

  private enum Field {
    static let sampleType: UInt64 = 1
    static let sample: UInt64 = 2
    static let time: UInt64 = 9
    static let duration: UInt64 = 10
    static let comment: UInt64 = 13
    static let defaultSampleType: UInt64 = 14
  }
}
