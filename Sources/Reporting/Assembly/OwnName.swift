/// What all ways to spell a function's name have in common.
///
/// Of one C++ function, debug information gives the mangled name (scopes, template arguments,
/// parameters), or where it was inlined and belongs to an anonymous namespace, a lambda, or is
/// static, nothing but `dial`: it depends on the optimizer which one it is. Rust and Swift give
/// the whole name always.
enum OwnName {
  static func of(_ function: String) -> String {
    let name = withoutNumbers(function)
    // Swift's types and accessors: `main.dial() -> ()`, `main.Pool.size.getter : Swift.Int`.
    if name.holds(" -> ") || name.holds(" : ") { return name }
    guard name != "operator()", let call = withoutParameters(name) else {
      // C, Rust by its path, or C++ without its scopes.
      return name.holds("::") ? name : withoutTemplate(name[...])
    }
    let own = withoutTemplate(lastComponent(of: call))
    guard own.hasPrefix("operator()"), let enclosing = enclosing(call) else { return own }
    return of(enclosing) + "::{lambda}::" + own
  }

  /// The function that a closure's operator is written in, since all closures have the same name:
  /// `net::run(int)` for `net::run(int)::{lambda()#1}::operator()` as GCC has it, or
  /// `net::run(int)::$_0::operator()` as Clang does. Nil for other operators, and for closures
  /// that are values of variables: where those were inlined, nothing tells of which.
  private static func enclosing(_ call: Substring) -> String? {
    guard let index = operatorIndex(in: call), call[..<index].hasSuffix("::") else { return nil }
    let type = call[..<index].dropLast(2)
    let name = lastComponent(of: type, isOperator: false)
    guard name.hasPrefix("{") || name.hasPrefix("$_") else { return nil }
    let function = type.dropLast(name.count)
    guard function.hasSuffix("::") else { return nil }
    let enclosing = String(function.dropLast(2))
    // `main` and functions of C have no parameters in their names, and no scopes.
    return withoutParameters(enclosing) != nil || !enclosing.holds("::") ? enclosing : nil
  }

  /// What stands before the parameters; nil without any.
  private static func withoutParameters(_ name: String) -> Substring? {
    guard let end = name.lastIndex(of: ")"),
      name[end...].dropFirst().allSatisfy({ $0.isLetter || $0 == " " || $0 == "&" })
    else { return nil }
    var depth = 0
    for index in name[...end].indices.reversed() {
      if name[index] == ")" { depth += 1 }
      if name[index] == "(" { depth -= 1 }
      if depth == 0 { return name[..<index] }
    }
    return nil
  }

  /// `open` of `int (anonymous namespace)::Opener<1>::open`.
  private static func lastComponent(of name: Substring, isOperator: Bool = true) -> Substring {
    if isOperator, let index = operatorIndex(in: name) { return name[index...] }
    var depth = 0
    for index in name.indices.reversed() {
      switch name[index] {
      case ">", "}", ")", "]": depth += 1
      case "<", "{", "(", "[": depth -= 1
      case ":" where depth == 0, " " where depth == 0: return name[index...].dropFirst()
      default: break
      }
    }
    return name
  }

  /// Where `operator<<` begins, whose brackets are none.
  private static func operatorIndex(in name: Substring) -> Substring.Index? {
    let word = "operator"
    guard let range = name.ranges(of: word).last else { return nil }
    let before = name[..<range.lowerBound].last
    let after = name[range.upperBound...].first
    func isPart(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }
    return isPart(before) || isPart(after) ? nil : range.lowerBound
  }

  /// Without template arguments and ABI tags: `dial<int>`, `dial[abi:cxx11]`.
  private static func withoutTemplate(_ name: Substring) -> String {
    guard !name.hasPrefix("operator"),
      let end = name.firstIndex(where: { $0 == "<" || $0 == "[" }), end != name.startIndex
    else { return String(name) }
    return String(name[..<end])
  }

  /// Without the numbers that compilers give to what has no name of its own, and which change
  /// when another of its kind is put before it: `{lambda(int)#2}`, `{closure#0}`, `closure #1 in`,
  /// `helper.3`.
  private static func withoutNumbers(_ function: String) -> String {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    var out: [UInt8] = []
    var isNumber = false
    for byte in function.utf8 {
      if isNumber && digits.contains(byte) { continue }
      isNumber = byte == UInt8(ascii: "#")
      out.append(byte)
    }
    if let dot = out.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot + 1 < out.count,
      out[(dot + 1)...].allSatisfy(digits.contains)
    {
      out.removeSubrange(dot...)
    }
    return String(decoding: out, as: UTF8.self)
  }
}
