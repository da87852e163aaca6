import ArgumentParser
import CommandLineTools
@preconcurrency import Glibc

/// `fdtrack report`: the program `fdtrack-report` under a second name.
struct ReportSubcommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Report the leaks that a trace shows, as fdtrack-report does.")

  @Argument(help: "The trace.", completion: .file())
  var trace: String

  @OptionGroup
  var options: ReportCommandOptions

  func run() throws {
    do {
      let outcome = try produceReport(
        trace: trace, options: options.reportOptions(), to: options.reportOutput())
      if options.fails(outcome) { throw ExitCode(1) }
    } catch let failure as ReportFailure {
      fputs("fdtrack: \(failure)\n", Glibc.stderr)
      throw ExitCode(2)
    }
  }
}
