import LeakAnalysis

/// Why a file is no baseline; `description` follows its name in a sentence.
public struct BaselineError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

extension Baseline {
  /// Reads a report that `--format json` wrote, from a source that nobody vouches for: memory
  /// is bounded by ``siteLimit``, whatever it holds. `next` returns the next bytes, none at the
  /// end.
  public init(
    path: String, json next: @escaping () throws(BaselineError) -> [UInt8]
  ) throws(BaselineError) {
    self.init(path: path)
    var reader = JSONReader { () throws(JSONReadError) -> [UInt8] in
      do throws(BaselineError) {
        return try next()
      } catch {
        throw JSONReadError(error.description)
      }
    }
    do throws(JSONReadError) {
      try read(&reader)
    } catch {
      throw BaselineError(error.description)
    }
  }

  /// Bytes of a text that are kept.
  private static let textLimit = 512

  private mutating func read(_ reader: inout JSONReader) throws(JSONReadError) {
    var schema: String?
    var hasSites = false
    try reader.object { (reader, key) throws(JSONReadError) in
      switch key {
      case "schema": schema = try reader.string(limit: 64)
      case "sites":
        hasSites = true
        try reader.array { (reader) throws(JSONReadError) in try readSite(&reader) }
      case "modules_without_symbols":
        try reader.array { (reader) throws(JSONReadError) in
          bareModules += 1
          try reader.skip()
        }
      case "summary":
        try reader.object { (reader, key) throws(JSONReadError) in
          guard key == "omitted_sites" else { return try reader.skip() }
          omitted = Int(clamping: try reader.count() ?? 0)
        }
      default: try reader.skip()
      }
    }
    try reader.end()
    guard let schema, hasSites else {
      throw JSONReadError("is JSON, but no report of fdtrack; make one with --format json")
    }
    guard schema == JSONRenderer.schema else {
      throw JSONReadError(
        "is a report of the schema '\(schema)', and this program reads '\(JSONRenderer.schema)'")
    }
  }

  private mutating func readSite(_ reader: inout JSONReader) throws(JSONReadError) {
    let start = reader.offset
    var site = Report.Site(id: 0)
    var live: UInt64?
    var verdict: String?
    var found: String?
    try reader.object { (reader, key) throws(JSONReadError) in
      switch key {
      case "fingerprint": site.fingerprint = try reader.string(limit: 64) ?? ""
      case "verdict": verdict = try reader.string(limit: 64)
      case "live": live = try reader.count()
      case "api": site.api = try reader.string(limit: Self.textLimit) ?? ""
      case "kind": site.kind = try reader.string(limit: 64) ?? ""
      case "stack": site.stack.frames = try Self.frames(&reader)
      case "suppressed": found = try Self.suppressed(&reader)
      default: try reader.skip()
      }
    }
    guard let live, !site.fingerprint.isEmpty else {
      throw JSONReadError("has a site without a fingerprint or a count", at: start)
    }
    guard live > 0 else { return }
    site.live = Int(clamping: live)
    let hasRoom = add(
      Site(
        live: site.live, verdict: (found ?? verdict).flatMap(Verdict.init),
        subject: Report.Subject(site)),
      named: site.fingerprint, at: CodeLine(site.stack))
    guard hasRoom else {
      throw JSONReadError("has more than \(Self.siteLimit) sites", at: start)
    }
  }

  /// The verdict without suppressions, if there is one.
  private static func suppressed(_ reader: inout JSONReader) throws(JSONReadError) -> String? {
    guard try reader.isObject else {
      try reader.skip()
      return nil
    }
    var verdict: String?
    try reader.object { (reader, key) throws(JSONReadError) in
      if key == "verdict" {
        verdict = try reader.string(limit: 64)
      } else {
        try reader.skip()
      }
    }
    return verdict
  }

  private static func frames(
    _ reader: inout JSONReader
  ) throws(JSONReadError) -> [Report.StackFrame] {
    var frames: [Report.StackFrame] = []
    try reader.array { (reader) throws(JSONReadError) in
      guard frames.count < CodeLine.frameLimit else { return try reader.skip() }
      var frame: (function: String?, file: String?, line: UInt64?, module: String?, build: String?)
      var offset: UInt64 = 0
      try reader.object { (reader, key) throws(JSONReadError) in
        switch key {
        case "function": frame.function = try reader.string(limit: textLimit)
        case "file": frame.file = try reader.string(limit: textLimit)
        case "line": frame.line = try reader.count()
        case "module": frame.module = try reader.string(limit: textLimit)
        case "build_id": frame.build = try reader.string(limit: textLimit)
        case "offset": offset = try reader.count() ?? 0
        default: try reader.skip()
        }
      }
      frames.append(
        Report.StackFrame(
          function: frame.function, file: frame.file, line: frame.line.flatMap { Int(exactly: $0) },
          module: frame.module, buildID: frame.build, offset: offset))
    }
    return frames
  }
}
