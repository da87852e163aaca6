/// The texts of an open module as they are shown, each tidied once: an inlined function has the
/// name, and its file the path, of thousands of frames, which the module stores once.
///
/// By their place in memory, where they stay as long as the module is open.
struct TidiedTexts {
  private var functions: [UnsafePointer<CChar>: String?] = [:]
  private var files: [UnsafePointer<CChar>: String] = [:]

  /// As ``FunctionName/tidy(_:)``; nil for an empty name.
  mutating func function(_ name: UnsafePointer<CChar>) -> String? {
    if let known = functions[name] { return known }
    let text = FunctionName.tidy(name)
    functions[name] = .some(text)
    return text
  }

  /// As ``SourcePath/tidy(_:)``.
  mutating func file(_ path: UnsafePointer<CChar>) -> String {
    if let known = files[path] { return known }
    let text = SourcePath.tidy(path)
    files[path] = text
    return text
  }
}
