/// What the names of generated code tell, each runtime's in its own way.
enum GeneratedName {
  /// The function of a name in a perf map.
  ///
  /// Lines of definitions, which V8 tells, are no lines of calls: they are left out, but for
  /// functions without a name of their own.
  static func frame(_ name: String) -> SourceFrame {
    if name.hasPrefix("py::") { return python(name.dropFirst(4)) }
    if let script = script(name) { return script }
    return SourceFrame(function: FunctionName.tidy(String(withoutTier(name[...]))))
  }

  /// CPython: `py::Server.handle:/srv/app.py`. Names of functions have no colon.
  private static func python(_ name: Substring) -> SourceFrame {
    guard let colon = name.firstIndex(of: ":"), colon != name.startIndex else {
      return SourceFrame(function: String(name))
    }
    let file = name[name.index(after: colon)...]
    return SourceFrame(
      function: String(name[..<colon]), file: file.isEmpty ? nil : String(file))
  }

  private static let scripts: Set<Substring> = ["JS", "LazyCompile", "Function", "Script", "Eval"]

  /// V8: `JS:~handle file:///srv/app.js:4:16`, the mark behind the first colon telling by which of
  /// its compilers; none behind it is a function without a name.
  private static func script(_ name: String) -> SourceFrame? {
    guard let colon = name.firstIndex(of: ":"), scripts.contains(name[..<colon]) else { return nil }
    let text = name[name.index(after: colon)...].drop { "~^+*'".contains($0) }
    guard let column = text.lastIndex(of: ":"), Int(text[column...].dropFirst()) != nil,
      let line = text[..<column].lastIndex(of: ":"),
      let number = Int(text[line..<column].dropFirst()),
      let space = fileStart(text[..<line])
    else { return SourceFrame(function: text.isEmpty ? name : String(text)) }
    let place = "\(number)\(text[column...])"
    let function = text[..<space]
    let file = text[space..<line].dropFirst()
    return SourceFrame(
      function: function.isEmpty
        ? place == "1:1" ? "(module)" : "(anonymous at \(place))" : String(function),
      file: String(file.hasPrefix("file://") ? file.dropFirst(7) : file))
  }

  /// The space before a file: both it and the name may have others.
  private static func fileStart(_ text: Substring) -> Substring.Index? {
    text.indices.first { index in
      let rest = text[index...]
      return [" /", " file://", " node:"].contains(where: rest.hasPrefix)
    } ?? text.lastIndex(of: " ")
  }

  /// .NET: `int32 [app] Foo::Bar(int32)[OptimizedTier1]`.
  private static func withoutTier(_ name: Substring) -> Substring {
    guard name.hasSuffix("]"),
      let bracket = name.lastIndex(of: "["), name[..<bracket].hasSuffix(")")
    else { return name }
    return name[..<bracket]
  }
}
