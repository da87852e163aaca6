import Foundation
import LeakAnalysis
import Testing

@testable import CommandLineTools
@testable import Reporting

@Suite("Redaction of every text of a report") struct RedactionTests {
  private static let key = RedactionKey(low: 1, high: 2)

  /// Members that hold words of fdtrack, of the kernel or of the source code: they are shown.
  private static let words: Set = [
    "BareModule.buildID", "BareModule.code", "Call.api", "Closer.api", "Descriptor.kind",
    "Descriptor.owner", "Descriptor.state", "Growth.steadiness", "Handle.cause", "Inherited.api",
    "Inherited.kind", "Inherited.state", "Inherited.via", "KeptFile.kind", "KeptFile.state",
    "LeakAnalysis.Reason.abandonedAfterFailure", "LimitHit.Holder.api", "LimitHit.api",
    "Loss.about", "Loss.name", "Loss.text", "Misuse.api", "Misuse.kind", "Module.buildID",
    "Note.api",
    "Process.buildID",
    "Note.errorName", "Party.life", "Process.endKind", "Process.how", "Reason.code",
    "Sharing.Sharer.api", "Site.api", "Site.kind", "StackFrame.buildID", "Subject.api",
    "Subject.kind", "TraceSummary.id",
  ]

  private static let canaries = Canary.words(of: .all)

  private static func hasCanary(_ text: String) -> Bool {
    canaries.contains(where: text.contains)
  }

  @Test("The report that is hidden has every member of a report, and a word in every text")
  func complete() {
    let reflected = ReflectedTexts(of: Canary.report)
    #expect(reflected.empty.isEmpty)
    for (member, texts) in reflected.texts where !Self.words.contains(member) {
      #expect(texts.contains(where: Self.hasCanary), "\(member) is not tested")
    }
    #expect(Self.words.subtracting(reflected.texts.keys).isEmpty)
    #expect(reflected.texts.count > 70)
  }

  @Test(
    "What is to be hidden is nowhere in the report",
    arguments: [
      RedactionScope.all, .paths, .addresses, .arguments, .hosts, .environment,
      [.paths, .addresses],
    ])
  func values(scope: RedactionScope) {
    let report = Redaction(scope, key: Self.key).redacted(Canary.report)
    for (member, texts) in ReflectedTexts(of: report).texts {
      for text in texts {
        for word in Canary.words(of: scope) {
          #expect(!text.contains(word), "\(member): \(text)")
        }
      }
    }
  }

  @Test("What is to be hidden is nowhere in the reports of a run's programs")
  func programs() {
    var programs = ProgramsReport()
    programs.programs = [ProgramReport(Canary.report), ProgramReport(Canary.report)]
    programs.suppressions = Canary.report.suppressions
    let old = ReflectedTexts(of: programs)
    #expect(old.empty.isEmpty)
    #expect(old.texts["SuppressionUse.file"]?.filter(Self.hasCanary).count == 3)
    let redacted = Redaction(.all, key: Self.key).redacted(programs)
    for (member, texts) in ReflectedTexts(of: redacted).texts {
      for text in texts { #expect(!Self.hasCanary(text), "\(member): \(text)") }
    }
    #expect(redacted.programs[0] == redacted.programs[1])
  }

  @Test("What is not to be hidden stays, sentences and what people wrote apart")
  func rest() {
    let old = ReflectedTexts(of: Canary.report).texts
    let paths = ["StackFrame.file", "StackFrame.module", "Process.exe", "TraceSummary.path"]
    let arguments = ["Process.argv", "Start.argv"]
    let hosts = ["TraceSummary.host"]
    let kept: [(RedactionScope, [String])] = [
      (.paths, hosts), (.addresses, paths + hosts), (.arguments, paths + hosts),
      (.hosts, paths), (.environment, paths),
    ]
    for (scope, members) in kept {
      let new = ReflectedTexts(of: Redaction(scope, key: Self.key).redacted(Canary.report)).texts
      for member in members { #expect(new[member] == old[member], "\(member)") }
    }
    for scope in [RedactionScope.paths, .addresses, .hosts] {
      let new = ReflectedTexts(of: Redaction(scope, key: Self.key).redacted(Canary.report)).texts
      for member in arguments {
        #expect(new[member]?.joined().contains(Canary.argument) == true)
      }
    }
    #expect(Redaction([], key: Self.key).redacted(Canary.report) == Canary.report)
  }

  @Test("What is to be hidden is in no format", arguments: ReportFormat.allCases)
  func formats(format: ReportFormat) throws {
    let report = Redaction(.all, key: Self.key).redacted(Canary.report)
    let folder = try TemporaryFolder()
    let file = folder.path.string + "/report"
    func written(_ report: Report) throws -> String {
      var sink = try ReportSink(.file(file), keeping: folder.path.string + "/trace.bin")
      try format.write(report, to: sink, allowsColor: false)
      try sink.finish()
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }
    #expect(Self.hasCanary(try written(Canary.report)))
    let text = try written(report)
    #expect(!text.isEmpty)
    for word in Self.canaries { #expect(!text.contains(word), "\(word) in \(format)") }
  }
}
