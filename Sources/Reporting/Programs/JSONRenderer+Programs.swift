extension JSONRenderer {
  /// The schema's name; its keys are stable, more may be added under the same name.
  public static let programsSchema = "fdtrack-programs/1"
  /// Of `docs/programs.schema.json`; the part behind the dot grows with each addition.
  public static let programsSchemaVersion = "1.0"

  /// Hands on one document: each program's status, and its report when it has findings; or,
  /// in place of that, the name of the file that `file` gives.
  public func render(
    _ report: ProgramsReport, file: ((ProgramReport) -> String?)? = nil,
    to output: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    let narrative = ProgramsNarrative(report)
    func count(_ status: ProgramReport.Status) -> Int {
      report.programs.count { $0.status == status }
    }
    var json = JSONWriter(to: output)
    json.object {
      $0.member("programs", report.programs) { program(&$0, $1, file) }
      $0.member("schema", Self.programsSchema)
      $0.member("schema_version", Self.programsSchemaVersion)
      $0.member("summary") {
        $0.member("headline", narrative.headline)
        $0.member("incomplete", count(.incomplete))
        $0.member("leaked_fds", report.programs.reduce(0) { $0 + $1.leakedDescriptors })
        $0.member("leaking", count(.leak))
        $0.member("lossy", report.isLossy)
        $0.member("passed", count(.pass))
        $0.member("programs", report.programs.count)
        $0.member("suspect_fds", report.programs.reduce(0) { $0 + $1.suspectDescriptors })
        $0.member("untraced", count(.untraced))
      }
      $0.member("suppressions", report.suppressions, suppression)
    }
    json.end()
  }

  private func program(
    _ json: inout JSONWriter, _ program: ProgramReport, _ file: ((ProgramReport) -> String?)?
  ) {
    let process = program.process
    let hasFindings = program.leakedDescriptors + program.suspectDescriptors > 0
    json.object {
      $0.member("argv", process?.argv ?? [])
      $0.member("end") {
        $0.member("code", process?.endCode)
        $0.member("kind", process?.endKind)
      }
      $0.member("exe", process?.exe)
      $0.member("file", hasFindings ? file?(program) : nil)
      $0.member("id", process?.id)
      $0.member("leaked_fds", program.leakedDescriptors)
      $0.member("mark", process?.mark)
      $0.member("pid", process?.pid)
      $0.member("processes", program.report.processes) { $0.write($1.id) }
      $0.member("report", orNull: hasFindings && file == nil ? program.report : nil) { json, own in
        json.object { members(of: own, &$0) }
      }
      $0.member("status", program.status.rawValue)
      $0.member("suspect_fds", program.suspectDescriptors)
    }
  }
}
