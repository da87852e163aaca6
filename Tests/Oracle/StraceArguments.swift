/// The arguments of a call as strace prints them: strings in quotes, structs in
/// braces, arrays in brackets.
enum StraceArguments {
  /// Separates `(a, {b, c}) = 0` into the arguments and what follows them. A text
  /// that ends before the closing parenthesis is all arguments.
  static func split(_ text: String) -> (arguments: [String], rest: Substring) {
    let bytes = text.utf8
    var arguments: [String] = []
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    var start = bytes.index(after: bytes.startIndex)
    var at = start
    while at < bytes.endIndex {
      let byte = bytes[at]
      if isQuoted {
        isQuoted = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      } else {
        switch byte {
        case UInt8(ascii: "\""): isQuoted = true
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: ")") where depth > 0: depth -= 1
        case UInt8(ascii: ")"):
          add(text[start..<at], to: &arguments)
          return (arguments, text[bytes.index(after: at)...])
        case UInt8(ascii: ",") where depth == 0:
          add(text[start..<at], to: &arguments)
          start = bytes.index(after: at)
        default: break
        }
      }
      at = bytes.index(after: at)
    }
    add(text[start...], to: &arguments)
    return (arguments, "")
  }

  private static func add(_ text: Substring, to arguments: inout [String]) {
    let trimmed = text.drop { $0 == " " }
    if !trimmed.isEmpty { arguments.append(String(trimmed)) }
  }

  /// The numbers of `[3, 4]`.
  static func numbers(_ text: some StringProtocol) -> [Int] {
    text.split { !$0.isNumber && $0 != "-" }.compactMap { Int($0) }
  }

  /// The numbers that follow `field=` in brackets, wherever it stands:
  /// `cmsg_type=SCM_RIGHTS, cmsg_data=[5, 6]`.
  static func arrays(after field: String, in text: String) -> [Int] {
    var found: [Int] = []
    var rest = Substring(text)
    while let range = rest.firstRange(of: field) {
      rest = rest[range.upperBound...]
      guard rest.first == "[" else { continue }
      found += numbers(rest.dropFirst().prefix { $0 != "]" })
    }
    return found
  }
}
