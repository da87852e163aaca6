import ArgumentParser
import Reporting

extension RedactionScope: ExpressibleByArgument {
  public init?(argument: String) { self.init(names: argument) }

  public static var allValueStrings: [String] { names + ["all"] }
}

/// What is hidden in a report, as options shared by `fdtrack-report`, `fdtrack run`
/// and `fdtrack pid`.
public struct RedactionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hide in the report, whatever its format: paths, addresses, args, hosts, env, or all;"
        + " several with commas between.",
      valueName: "what"))
  public var redact: RedactionScope?

  @Option(
    help: ArgumentHelp(
      "A file with a secret of 16 bytes or more: with the same one, pseudonyms are the same"
        + " in all reports.",
      valueName: "file"),
    completion: .file())
  public var redactKey: String?

  public init() {}

  public func validate() throws {
    guard redactKey == nil || redact != nil else {
      throw ValidationError("--redact-key needs a --redact.")
    }
  }

  /// Reads the file of the secret; nil when nothing is to be hidden.
  func load() throws(ReportFailure) -> Redaction? {
    guard let redact else { return nil }
    guard let path = redactKey else { return Redaction(redact) }
    let secret = try InputFile.bytes(at: path, limit: Self.secretLimit)
    guard let key = RedactionKey(secret: secret) else {
      throw InputFile.failure(path, "has less than \(RedactionKey.leastBytes) bytes for a secret")
    }
    return Redaction(redact, key: key)
  }

  private static let secretLimit = 1 << 20
}
