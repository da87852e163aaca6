import ArgumentParser
import Glibc
import Reporting
import SystemPackage

/// `fdtrack run`.
public struct RunCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command and report the file descriptors it leaked.",
    discussion: """
      The command runs as it would by itself: same terminal, input and output. Signals sent to \
      fdtrack are passed on. When it ends, the report goes to stderr.

      EXIT STATUS
        That of the command; 128+N when signal N killed it. Besides:
        1    it succeeded, but leaked (--fail-on-leak, --fail-on-new-leak)
        125  fdtrack itself failed: usage, a file, the recorder or its trace
        126  the command was found but cannot be executed
        127  there is no such command
      """)

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The trace to write. An ended one of that name becomes FILE.old.", valueName: "file"),
    completion: .file())
  var output = "trace.bin"

  @Option(help: "How to write the report.")
  var reportFormat: ReportFormat = .text

  @OptionGroup var programs: ProgramOptions

  @Option(help: "The size of the trace, such as 64M. What does not fit is counted as lost.")
  var size: RunSize?

  @OptionGroup var references: ReferenceOptions

  @OptionGroup var redaction: RedactionOptions

  @Flag(help: "Exit with 1 when the command succeeds but leaks.")
  var failOnLeak = false

  @Flag(help: "Only write the trace.")
  var noReport = false

  @Option(
    help: ArgumentHelp("The recorder to preload.", valueName: "libfdtrack.so"),
    completion: .file(extensions: ["so"]))
  var shim: String?

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("The command to run, with its arguments.", valueName: "command"),
    completion: .file())
  var command: [String] = []

  public init() {}

  public func validate() throws {
    // What is captured for the command holds the first unknown option, too.
    if command.first == "--help" || command.first == "-h" { throw CleanExit.helpRequest(self) }
    if let option = command.first, option.hasPrefix("-"), option != "--" {
      throw ValidationError("Unknown option '\(option)' (a command follows after '--').")
    }
    if words.isEmpty { throw ValidationError("No command to run.") }
    try programs.validate(format: reportFormat, references: references)
    if programs.perProcess && noReport {
      throw ValidationError("--per-process needs the report that --no-report turns off.")
    }
    if (failOnLeak || references.failOnNewLeak) && noReport {
      let option = failOnLeak ? "--fail-on-leak" : "--fail-on-new-leak"
      throw ValidationError("\(option) needs the report that --no-report turns off.")
    }
  }

  /// The command without the `--` in front of it.
  private var words: ArraySlice<String> {
    command.first == "--" ? command.dropFirst() : command[...]
  }

  public func run() throws {
    // Before the command runs: nobody should wait for it to learn of a wrong file.
    let references: ReportReferences
    let redaction: Redaction?
    do throws(ReportFailure) {
      references = try self.references.load()
      redaction = try self.redaction.load()
    } catch {
      let failure = RunFailure.own(error.description)
      ErrorOutput.say(failure.description)
      throw ExitCode(failure.exitStatus)
    }
    var session = RunSession(
      arguments: Self.originalBytes(of: words, in: Self.programArguments()),
      output: FilePath(output))
    session.shim = shim.map { FilePath($0) }
    session.size = size
    session.failsOnLeak = failOnLeak || self.references.failOnNewLeak
    if !noReport {
      session.reportIsData = programs.isData(reportFormat)
      var options = ReportOptions(format: reportFormat, references: references)
      options.programs = programs.choice
      options.redaction = redaction
      session.report = {
        [failOnLeak, failOnNewLeak = self.references.failOnNewLeak] trace throws(ReportFailure) in
        var outcome = try produceReport(
          trace: trace.string, options: options, to: .standardError)
        let isUnseen = outcome.isCommandUnseen
        outcome.isCommandUnseen = false  // Report and session tell of that, and of more.
        let fails = try outcome.fails(onLeak: failOnLeak, onNewLeak: failOnNewLeak)
        return fails ? .leaks : isUnseen ? .unknown : .none
      }
    }
    let status: Int32
    do throws(RunFailure) {
      status = try session.run()
    } catch {
      ErrorOutput.say(error.description)
      status = error.exitStatus
    }
    throw ExitCode(status)
  }

  /// The command's words as they were given. Those that the parser has went
  /// through `String`, which replaces bytes that are not UTF-8; the command is
  /// what stands last among the program's own arguments.
  static func originalBytes(
    of words: ArraySlice<String>, in arguments: [CStringBytes]
  ) -> [CStringBytes] {
    let last = arguments.suffix(words.count)
    let isSame = last.elementsEqual(words) { bytes, word in
      String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) == word
    }
    return isSame ? Array(last) : words.map { CStringBytes($0.utf8CString) }
  }

  private static func programArguments() -> [CStringBytes] {
    (0..<Int(CommandLine.argc)).compactMap { index in
      CommandLine.unsafeArgv[index].map {
        CStringBytes(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
      }
    }
  }
}

extension RunCommand {
  /// Ends the program for a wrong command line.
  public static func exitWithUsage(_ message: String) -> Never {
    _ = try? FileDescriptor.standardError.writeAll((message + "\n").utf8)
    Glibc.exit(RunFailure.ownStatus)
  }
}
