import ArgumentParser
import CommandLineTools

/// `fdtrack report`: the program `fdtrack-report` under a second name.
struct ReportSubcommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Report the leaks that a trace shows, as fdtrack-report does.",
    discussion: """
      EXIT STATUS
        0   the report was made
        1   there is a leak (--fail-on-leak), a new one (--fail-on-new-leak)
        2   no report: a file that cannot be used, or output that failed; or the trace is
            damaged, and shows no leak that one of the two could fail for
        64  wrong usage
      """)

  @Argument(help: "The trace.", completion: .file())
  var trace: String

  @OptionGroup
  var options: ReportCommandOptions

  func run() throws {
    let isFailure: Bool
    do throws(ReportFailure) {
      let outcome = try produceReport(
        trace: trace, options: options.reportOptions(), to: options.reportOutput())
      isFailure = try options.fails(outcome)
    } catch {
      ErrorOutput.say(error.description)
      throw ExitCode(2)
    }
    if isFailure { throw ExitCode(1) }
  }
}
