extension Redactor {
  /// The arguments of a program. The first one is its name: that is hidden as a path when it is
  /// the one of `exe` or begins that, as `python3` does `python3.11`, and else as an argument,
  /// since it may be anything.
  mutating func arguments(_ argv: [String], exe: String?) -> [String] {
    argv.enumerated().map { index, text in
      let called = Self.lastPart(text)
      let isName =
        index == 0 && !called.isEmpty
        && exe.map { Self.lastPart($0).hasPrefix(called) } ?? false
      if isName && scope.contains(.paths) { return path(text) }
      // A program's own title has words, too.
      let isCommand = index == 0 || Self.introducesCommand(argv[index - 1])
      return argument(text, isName: isName, isCommand: isCommand)
    }
  }

  /// `-c`, `-lc`, `-e`: words of a shell or of a script follow.
  private static func introducesCommand(_ option: String) -> Bool {
    option.hasPrefix("-") && !option.hasPrefix("--") && (option.last == "c" || option.last == "e")
  }

  /// What a program said it was doing, such as a request: its own words, as arguments are.
  mutating func mark(_ text: String) -> String {
    scope.contains(.arguments) ? names.name(.mark, for: text) : words(text)
  }

  private mutating func argument(_ text: String, isName: Bool, isCommand: Bool) -> String {
    if scope.contains(.arguments), !isName {
      return text.isEmpty || text == "--" ? text : names.name(.argument, for: text)
    }
    if scope.contains(.paths), !isCommand, text.contains("/"), text.contains(where: \.isWhitespace)
    {
      return pathWithBlanks(text)
    }
    return words(text)
  }

  /// What may be a path with blanks in it: one is not told from words, so that all are hidden.
  private mutating func pathWithBlanks(_ text: String) -> String {
    guard text.hasPrefix("-"), let sign = text.firstIndex(of: "=") else { return path(text) }
    return words(String(text[...sign])) + path(String(text[text.index(after: sign)...]))
  }

  /// Hides what looks like a path, an address or a machine's name in a text that is shown: as
  /// far as it can be told from other words.
  private mutating func words(_ text: String) -> String {
    var text = text
    if !scope.isDisjoint(with: [.hosts, .environment]), let host, !host.isEmpty {
      text = text.replacing(host, with: self.host(host))
    }
    return replacingWords(in: text) { $1.word($0) }
  }

  private mutating func word(_ word: Substring) -> String {
    if let address = InternetAddress(word) { return self.address(address) }
    // `https://db.example.com:80/x`
    if word.contains(":") { return parts(of: word, at: ":") { $1.word($0) } }
    let isFile = word.contains("/") || !FileName(word).ending.isEmpty
    if scope.contains(.paths), isFile { return path(String(word)) }
    if word.contains("/") { return parts(of: word, at: "/") { $1.word($0) } }
    return scope.contains(.hosts) && Self.isDomain(word)
      ? names.name(.host, for: word) : String(word)
  }

  /// Replaces what stands between white space, quotes, brackets and the like.
  mutating func replacingWords(
    in text: String, by body: (Substring, inout Redactor) -> String
  ) -> String {
    var out = ""
    var rest = text[...]
    while !rest.isEmpty {
      let word = rest.prefix { !Self.isSeparator($0) }
      if !word.isEmpty { out += body(word, &self) }
      rest = rest[word.endIndex...]
      let between = rest.prefix(while: Self.isSeparator)
      out += between
      rest = rest[between.endIndex...]
    }
    return out
  }

  /// Replaces what stands between one character.
  mutating func parts(
    of text: Substring, at separator: Character, by body: (Substring, inout Redactor) -> String
  ) -> String {
    var parts: [String] = []
    for part in text.split(separator: separator, omittingEmptySubsequences: false) {
      parts.append(body(part, &self))
    }
    return parts.joined(separator: String(separator))
  }

  private static func isSeparator(_ character: Character) -> Bool {
    character.isWhitespace || "\"'`=,;()<>[]{}|&%@".contains(character)
  }

  /// `db.example.com`, by its looks.
  private static func isDomain(_ word: Substring) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, last.count > 1,
      last.allSatisfy({ $0.isASCII && $0.isLetter }), FileName(word).ending.isEmpty
    else { return false }
    return parts.allSatisfy { part in
      !part.isEmpty
        && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
  }
}
