import ArgumentParser
import Glibc

/// The program `fdtrack-report`.
public struct ReportCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "fdtrack-report",
    abstract: "Report which call sites leaked file descriptors, and why, from a trace.",
    discussion: """
      Record a trace with 'fdtrack run -- command' or 'LD_PRELOAD=libfdtrack.so command'. A \
      trace of a program that still runs can be read, too.

      EXIT STATUS
        0  the report was made
        1  there is a leak (--fail-on-leak), a new one (--fail-on-new-leak)
        2  no report: wrong usage, a file that cannot be used, or output that failed; or the
           trace is damaged, and shows no leak that one of the two could fail for
      """,
    version: fdtrackVersion)

  @Argument(help: ArgumentHelp("The trace to read.", valueName: "trace"), completion: .file())
  var trace: String

  @OptionGroup var options: ReportCommandOptions

  public init() {}

  public func run() throws {
    let outcome = try produceReport(
      trace: trace, options: options.reportOptions(), to: options.reportOutput())
    if try options.fails(outcome) { throw ExitCode(1) }
  }

  /// Parses the command line, runs, and ends the process with the statuses above.
  public static func runAsProgram() -> Never {
    var status: Int32 = 0
    do {
      let command = try parse()
      try command.run()
    } catch let failure as ReportFailure {
      complain(failure.description)
      status = 2
    } catch let code as ExitCode {
      status = code.rawValue
    } catch {
      // Help, version and completion scripts come as errors, too.
      if exitCode(for: error) == .success { end(with: error) }
      complain("\(message(for: error)) (see --help)")
      status = 2
    }
    Glibc.exit(status)
  }

  private static func complain(_ text: String) {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    ErrorOutput.say(line, as: "fdtrack-report")
  }
}
