import ArgumentParser
import CommandLineTools

/// `fdtrack`: the one program that people need to know.
@main
struct Fdtrack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdtrack",
    abstract: "Find the call sites that leak file descriptors.",
    version: fdtrackVersion,
    subcommands: [RunCommand.self, ReportSubcommand.self, PidCommand.self, WatchCommand.self])

  /// As the default `main`, but a wrong use of `run` exits with 125, because
  /// every status below may be the command's own.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let isRun = CommandLine.arguments.dropFirst().first == RunCommand.configuration.commandName
      if isRun && exitCode(for: error) == .validationFailure {
        RunCommand.exitWithUsage(fullMessage(for: error))
      }
      end(with: error, failingWith: isRun ? 125 : 2)
    }
  }
}
