/// A function's name as sentences and lists have it: templates may have names of a thousand bytes, of
/// which a reader wants the function.
enum SpokenName {
  /// Names up to this are left as they are, and so are arguments.
  private static let nameLimit = 100
  private static let argumentLimit = 24

  /// Without parameters, and without the type that C++ puts before the name of a template:
  /// `net::dial<int>` of `int net::dial<int>(char const*)`.
  static func of(_ function: String) -> String {
    let name = Report.StackFrame.withoutParameters(shortened(function))
    // Swift has words there that belong to the name: `closure #1 in main.dial`.
    guard name.first != "<", name.holds("<"), name.holds(" "), !name.holds("operator "),
      !isSwift(name)
    else {
      return name
    }
    let rest = FrameOrigin.qualifiedName(name)
    return rest.isEmpty ? name : String(rest)
  }

  private static func isSwift(_ name: String) -> Bool {
    name.holds(" -> ") || name.holds(" : ") || name.holds(" in ") || name.holds(" of ")
  }

  /// A long name with what is long between its brackets left out:
  /// `Server::accept()::{lambda(...)#1}::operator()(...)`.
  static func shortened(_ function: String) -> String {
    let name = Array(function.utf8)
    guard name.count > nameLimit else { return function }
    var short: [UInt8] = []
    var index = 0
    while index < name.count {
      let byte = name[index]
      short.append(byte)
      index += 1
      guard opens(byte), !isOperator(short), byte != UInt8(ascii: "<") || isArgument(short) else {
        continue
      }
      let end = end(of: name, from: index)
      short += end - index > argumentLimit ? Array("...".utf8) : Array(name[index..<end])
      // A name that was cut lacks the other one.
      short.append(byte == UInt8(ascii: "<") ? UInt8(ascii: ">") : UInt8(ascii: ")"))
      index = end + 1
    }
    return String(decoding: short, as: UTF8.self)
  }

  private static func opens(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "<") || byte == UInt8(ascii: "(")
  }

  /// Whether the name so far ends with that of `operator<` or its like, whose brackets are none.
  private static func isOperator(_ name: [UInt8]) -> Bool {
    ["operator<", "operator<<", "operator("].contains {
      name.suffix($0.utf8.count).elementsEqual($0.utf8)
    }
  }

  /// Of a template: the bracket of Rust's `<T as Trait>::name` follows nothing.
  private static func isArgument(_ name: [UInt8]) -> Bool {
    guard let before = name.dropLast().last else { return false }
    let character = Character(Unicode.Scalar(before))
    return character.isLetter || character.isNumber || character == "_" || character == ":"
  }

  /// Where the bracket closes that was opened before `start`.
  private static func end(of name: [UInt8], from start: Int) -> Int {
    var depth = 1
    for index in start..<name.count {
      if opens(name[index]) { depth += 1 }
      let isArrow = name[index - 1] == UInt8(ascii: "-")
      if name[index] == UInt8(ascii: ")") || name[index] == UInt8(ascii: ">") && !isArrow {
        depth -= 1
      }
      if depth == 0 { return index }
    }
    return name.count
  }
}
