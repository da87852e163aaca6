import TraceModel

/// Reads suppression files, see `docs/suppressions.md`.
public enum SuppressionFile {
  /// Bytes of a file; more are not read.
  public static let sizeLimit = 16 << 20

  /// Returns the blocks of a file in their order; `file` is its name for people.
  public static func parse(
    _ bytes: some Collection<UInt8>, file: String
  ) throws(SuppressionError) -> [Suppression] {
    var parser = Parser(file: file)
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes.dropFirst(0)
    for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      try parser.take(line)
    }
    return try parser.finish()
  }
}

private struct Parser {
  let file: String
  private var number = 0
  private var done: [Suppression] = []
  /// The block that is open, without a name before its second line.
  private var block: (start: Int, suppression: Suppression?)?

  init(file: String) { self.file = file }

  mutating func take(_ bytes: some Collection<UInt8>) throws(SuppressionError) {
    number += 1
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("this line is not UTF-8; save the file as UTF-8")
    }
    let line = text.trimmed
    guard !line.isEmpty, !line.hasPrefix("#") else { return }
    switch (line, block) {
    case ("{", nil): block = (number, nil)
    case ("{", let open?):
      throw error("a block starts inside of the one of line \(open.start); end that with a line }")
    case ("}", nil): throw error("this } ends no block; begin one with a line {")
    case ("}", let open?):
      done.append(try complete(open))
      block = nil
    case (_, nil):
      throw error("'\(line)' is outside of a block; put it between lines { and }, or # before it")
    case (_, let open?): try take(line, in: open)
    }
  }

  func finish() throws(SuppressionError) -> [Suppression] {
    guard let block else { return done }
    throw error("this block does not end; end it with a line }", at: block.start)
  }

  private func complete(
    _ block: (start: Int, suppression: Suppression?)
  ) throws(SuppressionError) -> Suppression {
    guard let suppression = block.suppression else {
      throw error("this block is empty; give it a name and a condition", at: block.start)
    }
    guard suppression.hasCondition else {
      throw error(
        "'\(suppression.name)' has no condition and would suppress everything; add one,"
          + " such as 'fun: NAME'", at: block.start)
    }
    return suppression
  }

  private mutating func take(
    _ line: Substring, in open: (start: Int, suppression: Suppression?)
  ) throws(SuppressionError) {
    let (key, value) = Self.split(line)
    guard var suppression = open.suppression else {
      guard Key(rawValue: key) == nil || value == nil, line != Self.dots else {
        throw error("'\(line)' stands where the block's name belongs; put a name before it")
      }
      block = (open.start, Suppression(name: String(line), file: file, line: open.start))
      return
    }
    if line == Self.dots {
      suppression.frames.append(.anyFrames)
    } else {
      try add(key, value, line, to: &suppression)
    }
    block = (open.start, suppression)
  }

  private static let dots = "..."

  private enum Key: String, CaseIterable {
    case fingerprint, verdict, kind, api, path, owner, fun, mod, src, reason, releaser
  }

  private func add(
    _ name: String, _ value: Substring?, _ line: Substring, to suppression: inout Suppression
  ) throws(SuppressionError) {
    guard let key = Key(rawValue: name), let value else {
      let known = Key.allCases.map { "\($0.rawValue):" }.joined(separator: " ")
      let hint =
        name == "obj" && value != nil ? "obj: is called mod: here" : "known are \(known) ..."
      throw error("'\(line)' is no condition; \(hint)")
    }
    guard !value.isEmpty else {
      throw error("'\(line)' says nothing; write after the colon what to look for, or * for any")
    }
    let text = String(value)
    switch key {
    case .fingerprint: suppression.fingerprints.insert(try fingerprint(text))
    case .verdict: suppression.verdicts.insert(try verdict(text))
    case .kind: suppression.kinds.append(try kind(text))
    case .api: suppression.calls.append(Glob(text.withoutParentheses))
    case .path: suppression.paths.append(Glob(text))
    case .owner: suppression.owners.insert(try owner(text))
    case .fun: suppression.frames.append(.function(Glob(text)))
    case .mod: suppression.frames.append(.module(Glob(text)))
    case .src: suppression.frames.append(.source(Glob(text)))
    case .reason: try set(\.reason, of: &suppression, to: text, name)
    case .releaser: try set(\.releaser, of: &suppression, to: text.withoutParentheses, name)
    }
  }

  private func set(
    _ path: WritableKeyPath<Suppression, String?>, of suppression: inout Suppression,
    to text: String, _ key: String
  ) throws(SuppressionError) {
    guard suppression[keyPath: path] == nil else {
      throw error("'\(suppression.name)' has a \(key) already; keep one")
    }
    suppression[keyPath: path] = text
  }

  private func fingerprint(_ text: String) throws(SuppressionError) -> String {
    let digits = text.lowercased()
    guard digits.utf8.count == 16, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      throw error("'\(text)' is no fingerprint; copy the 16 hexadecimal digits from a report")
    }
    return digits
  }

  private func verdict(_ text: String) throws(SuppressionError) -> String {
    let known = Suppression.verdictNames
    guard known.contains(text) else {
      throw error(
        "no finding has the verdict '\(text)'; known are \(known.joined(separator: ", "))")
    }
    return text
  }

  private func kind(_ text: String) throws(SuppressionError) -> Glob {
    let glob = Glob(text)
    let known = DescriptorKind.allNames
    guard known.contains(where: glob.matches) else {
      throw error("there is no kind '\(text)'; known are \(known.joined(separator: ", "))")
    }
    return glob
  }

  private func owner(_ text: String) throws(SuppressionError) -> String {
    let known = Descriptor.Owner.allCases.map(\.rawValue)
    guard known.contains(text) else {
      throw error("there is no owner '\(text)'; known are \(known.joined(separator: ", "))")
    }
    return text
  }

  private func error(_ problem: String, at line: Int? = nil) -> SuppressionError {
    SuppressionError(file: file, line: line ?? number, problem: problem)
  }

  /// The key, and what follows its colon; nil without a colon.
  private static func split(_ line: Substring) -> (key: String, value: Substring?) {
    guard let colon = line.firstIndex(of: ":") else { return (String(line), nil) }
    return (String(line[..<colon]), line[line.index(after: colon)...].trimmed)
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without blanks at its ends, a carriage return included.
  fileprivate var trimmed: Substring {
    let rest = self[...].drop(while: \.isWhitespace)
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return rest[...last]
  }

  /// `open()` is the function `open`.
  fileprivate var withoutParentheses: String {
    hasSuffix("()") ? String(dropLast(2)) : String(self)
  }
}
