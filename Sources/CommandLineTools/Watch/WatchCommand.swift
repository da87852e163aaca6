import ArgumentParser
import Glibc
import Reporting
import Watching

/// `fdtrack watch`.
public struct WatchCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show what a running program has open, and which call sites leak.",
    discussion: """
      Refreshes on the terminal, like top; ? tells the keys. Where there is no terminal, prints a \
      line at each interval. When the program ends, its last state stays until q is pressed.

      EXIT STATUS
        0   ended by q, by --count, or, without a terminal, by the program's end
        2   nothing to watch: a file that cannot be used, a process without a trace; or a line that
            could not be written
        64  wrong usage
      """)

  @Argument(
    help: ArgumentHelp(
      "The trace, or the pid of a process that writes one.", valueName: "trace|pid"),
    completion: .file())
  var target: String

  @Option(
    help: ArgumentHelp(
      "Between two looks; longer for a trace so large that a look takes long.",
      valueName: "seconds"))
  var interval = 1.0

  @Option(help: ArgumentHelp("End after so many looks.", valueName: "n"))
  var count: Int?

  @Flag(help: "Never use colour. So does a NO_COLOR in the environment.")
  var noColor = false

  public init() {}

  public func validate() throws {
    guard interval >= 0.1, interval <= 86_400 else {
      throw ValidationError("--interval must be from 0.1 to 86400 seconds.")
    }
    guard count.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--count must be at least 1.")
    }
  }

  public func run() throws {
    do throws(ReportFailure) {
      try watch()
    } catch {
      ErrorOutput.say(error.description)
      throw ExitCode(2)
    }
  }

  private func watch() throws(ReportFailure) {
    let target = try WatchTarget.find(target)
    let pace = WatchPace(seconds: interval, count: count)
    let isScreen =
      Terminal.isTerminal(STDIN_FILENO) && Terminal.isTerminal(STDOUT_FILENO)
      && (getenv("TERM").map { String(cString: $0) } ?? "dumb") != "dumb"
    let style = Terminal.style(
      of: isScreen ? STDOUT_FILENO : nil, allowsColor: !noColor)
    if isScreen,
      var screen = WatchScreen(
        try WatchSource(target), pid: target.pid, pace: pace, style: style)
    {
      return try screen.run()
    }
    var log = WatchLog(
      try WatchSource(target), pid: target.pid, pace: pace, usesUnicode: style.usesUnicode)
    try log.run()
  }
}
