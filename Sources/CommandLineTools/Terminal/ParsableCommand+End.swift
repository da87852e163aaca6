import ArgumentParser
import Glibc

extension ParsableCommand {
  /// Ends the program as `exit(withError:)` does, but fails with `status` where help, the version or
  /// a completion script cannot be written: a script would take an empty file for it.
  public static func end(with error: any Error, failingWith status: Int32 = 2) -> Never {
    guard exitCode(for: error) == .success else { exit(withError: error) }
    do throws(ReportFailure) {
      let text = fullMessage(for: error)
      if !text.isEmpty { _ = try OutputStream.write(text + "\n") }
    } catch {
      ErrorOutput.say(error.description)
      Glibc.exit(status)
    }
    Glibc.exit(0)
  }
}
