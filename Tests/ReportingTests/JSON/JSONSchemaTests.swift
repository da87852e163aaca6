import FDTrackFormat
import Foundation
import LeakAnalysis
import Testing
import TraceModel

@testable import Reporting

@Suite("The schema of JSON reports")
struct JSONSchemaTests {
  private static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("docs/\(name).schema.json").path
  }

  private func schema(_ name: String = "report") throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.path(name)))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func definitions(_ name: String = "report") throws -> [String: [String: Any]] {
    try #require(try schema(name)["$defs"] as? [String: [String: Any]])
  }

  private func names(of definition: String) throws -> Set<String> {
    Set(try #require(try definitions()[definition]?["enum"] as? [String]))
  }

  @Test(
    "Its version is that of reports",
    arguments: [
      ("report", JSONRenderer.schema, JSONRenderer.schemaVersion),
      ("programs", JSONRenderer.programsSchema, JSONRenderer.programsSchemaVersion),
    ])
  func version(of file: String, name: String, version: String) throws {
    let members = try #require(try schema(file)["properties"] as? [String: [String: Any]])
    #expect(members["schema"]?["const"] as? String == name)
    #expect(members["schema_version"]?["const"] as? String == version)
    #expect(version.hasPrefix(name.drop { $0 != "/" }.dropFirst() + "."))
  }

  @Test(
    "Each object is closed, and each member is required and described",
    arguments: [("report", 250), ("programs", 20)])
  func closed(file: String, leastMembers: Int) throws {
    var members = 0
    let definitions = try definitions(file)
    func described(_ schema: [String: Any]) -> Bool {
      if schema["description"] is String { return true }
      let name = (schema["$ref"] as? String)?.replacingOccurrences(of: "#/$defs/", with: "") ?? ""
      return definitions[name]?["description"] is String
    }
    func walk(_ value: Any, _ path: String) {
      if let list = value as? [Any] {
        for (index, value) in list.enumerated() { walk(value, "\(path)/\(index)") }
      }
      guard let schema = value as? [String: Any] else { return }
      if let properties = schema["properties"] as? [String: [String: Any]] {
        #expect(schema["additionalProperties"] as? Bool == false, "\(path)")
        if let required = schema["required"] as? [String] {
          // A reason has a stack where one was recorded; losses are those that happened.
          #expect(Set(properties.keys).subtracting(required).isSubset(of: ["stack"]), "\(path)")
        } else {
          #expect(path.hasSuffix("/losses"))
        }
        for (name, member) in properties {
          #expect(described(member), "\(path)/\(name)")
          members += 1
        }
      }
      for (key, value) in schema { walk(value, "\(path)/\(key)") }
    }
    walk(try schema(file), "")
    #expect(members > leastMembers)
  }

  @Test("It knows each name that a report may have")
  func enumerations() throws {
    #expect(try names(of: "kind") == Set(DescriptorKind.allNames))
    #expect(try names(of: "verdict") == Set(Verdict.allCases.map(\.rawValue)))
    #expect(try names(of: "change") == Set(Report.Change.allCases.map(\.rawValue)))
    let misuse = try #require(
      try definitions()["misuse"]?["properties"] as? [String: [String: Any]])
    #expect(
      Set(try #require(misuse["kind"]?["enum"] as? [String]))
        == Set(LeakAnalysis.Misuse.Kind.allCases.map(\.rawValue)))
    let trace = try #require(try definitions()["trace"]?["properties"] as? [String: [String: Any]])
    let losses = try #require(trace["losses"]?["properties"] as? [String: Any])
    let known = (0..<FDT_LOSS_COUNT.rawValue).compactMap { fdt_loss_name($0).map(String.init) }
    #expect(Set(losses.keys) == Set(known) && !known.isEmpty)
  }

  @Test("A report with every reason, loss and member that may be null is valid")
  func everything() throws {
    let documents = [Sample.report, Sample.withEverything].map { JSONRenderer().render($0) }
    try JSONSchemaValidator.expectValid(documents, schema: Self.path("report"))
    for end in ["\"read\"", "\"write\"", "\"first\"", "\"second\"", "null"] {
      #expect(documents[1].contains("\"end\" : \(end)"))
    }
  }
}

extension Sample {
  /// Each reason that there is.
  static let reasons: [LeakAnalysis.Reason] = [
    .abandonedAfterFailure(
      api: "connect", error: 111, errorName: "ECONNREFUSED", count: 1, of: 2, stack: 1),
    .peerClosed(count: 1, of: 2), .growth(live: 3, overNs: nil), .growth(live: 3, overNs: 4),
    .neverClosed(opens: 5, withinNs: 6),
    .outlivesSiblings(count: 1, ageNs: 2, siblingMaxNs: 3, siblings: 4), .few(live: 1),
    .siblingsClosed(live: 1, siblings: 2), .startUp(live: 1, withinNs: nil),
    .burst(live: 1, withinNs: 2), .listener(count: 1), .singleton(kind: .epoll),
    .onePerThread(threads: 2), .peerConnected(count: 1, leftWithinNs: nil),
    .peerConnected(count: 2, left: 1, leftWithinNs: 3), .channelToChild(count: 1),
    .peerGone(count: 1, of: 2), .ownClients(count: 1, of: 2), .handedOver(count: 2),
    .sessionEnd(withinNs: 1),
    .standardStream(count: 1), .single, .nameLeaks,
    .libcKeeps(purpose: "the log", releaser: "closelog"),
    .knownHolder(name: "x", why: nil), .listenersAmong(count: 1),
    .keptOnceAmong(count: 2), .companionsAmong(count: 2), .connectedAmong(count: 1),
    .othersConnected(count: 1, of: 2),
    .manyWays(ways: 20), .onePerConnection(connections: 2),
    .onePerChild(count: 2), .succession(count: 2), .otherEndElsewhere(count: 2),
    .replacement(count: 1),
    .markEnded(count: 2), .leftByChildren(api: "fork", count: 1, of: 2, closed: 1, stack: 1),
    .duplicates(count: 2, objects: 1),
    .missingCloseOnExec(count: 1, listening: true, processes: [1, 2]), .limitHit(processes: [1]),
  ]

  /// `report` with what it lacks.
  static var withEverything: Report {
    var report = Self.report
    report.sites[0].reasons = reasons.map {
      Report.Reason(
        code: $0.code, text: $0.sentence(stack: dial), data: $0.data,
        stack: $0.stack.map { _ in dial })
    }
    report.sites[0].closedElsewhere = report.sites[0].closers.first
    for (index, fd) in report.sites[0].fds.indices.prefix(4).enumerated() {
      report.sites[0].fds[fd].kind = index < 2 ? "pipe" : "unix"
      report.sites[0].fds[fd].end = index % 2 == 0 ? .first : .second
    }
    report.sites[0].sharing = Report.Sharing(
      descriptors: 5, original: .init(site: 1, count: 0, api: "open", place: "a.c:1"),
      others: [.init(site: 2, count: 3)])
    report.trace.losses = (0..<FDT_LOSS_COUNT.rawValue).compactMap {
      fdt_loss_name($0).map { Report.Loss(name: String(cString: $0), text: "lost", count: 1) }
    }
    report.trace.losses.append(Report.Loss(name: "loss_31", text: "lost", count: .max))
    report.trace.startedRealtimeNs = nil
    report.processes[0].limitHit = Report.LimitHit(
      api: "open", stack: dial, atNs: 1, holders: [.init(site: 1, count: 2)])
    report.processes[0].closedAtEnd = Report.ClosedAtEnd(
      count: 6, withinNs: 7, holders: [.init(site: 1, count: 6)])
    report.processes[0].unseen = [Report.Descriptor(process: 1, fd: 9)]
    report.inheritance[0].handles[0].cause = "cloexec_too_late"
    report.inheritance[0].handles[0].lateness = .init(openedNs: 1, forkedNs: 2)
    report.inheritance[0].opened.fingerprint = report.sites[0].fingerprint
    report.comparison = Report.Comparison(
      baseline: "old.json",
      rows: [
        Report.Row(
          change: .gone, fingerprint: "x", verdict: nil, verdictBefore: .leak, live: 0,
          liveBefore: 1, subject: Report.Subject(report.sites[1]))
      ])
    report.redacted = .all
    report.sites[0].change = .new
    report.suppressions = [Report.SuppressionUse(name: "x", file: "app.supp", line: 1)]
    report.sites[1].verdict = .suppressed
    report.sites[1].suppressed = Report.Suppressed(
      name: "x", file: "app.supp", line: 1, reason: nil, verdict: .suspect)
    return report
  }
}
