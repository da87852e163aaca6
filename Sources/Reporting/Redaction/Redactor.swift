import ProcessInspection

/// What becomes of each text. A text is hidden unless it is known to tell nothing.
struct Redactor {
  let scope: RedactionScope
  let names: Pseudonyms
  /// Of the machine, as the trace has it.
  var host: String?
  /// By process, its program's name before and after.
  var renamed: [Int: (old: String, new: String?)] = [:]
  /// What was made of paths so far.
  private var known: [String: String] = [:]
  /// Last parts of paths that are shown, of which no hidden path has one as well.
  private var shownNames: Set<String> = []

  init(_ scope: RedactionScope, _ names: Pseudonyms) { (self.scope, self.names) = (scope, names) }

  // MARK: Paths

  /// `isHidden` tells when a path is hidden for what it is the path of.
  mutating func path(_ text: String, isHidden: Bool = false) -> String {
    guard isHidden || scope.contains(.paths) else { return text }
    if let known = known[text] { return known }
    let hidden = hiddenPath(text)
    known[text] = hidden
    return hidden
  }

  /// What stands before names that are no paths: a cut path, memory with a name.
  private static let prefixes = ["…", "/memfd:", "memfd:", "/dmabuf:"]

  private func hiddenPath(_ text: String) -> String {
    let unmarked = DeletedMark.stripped(from: text[...])
    let path = unmarked ?? text[...]
    let end = unmarked == nil ? "" : DeletedMark.text
    if Self.isKernelName(path) { return text }
    if let prefix = Self.prefixes.first(where: path.hasPrefix) {
      return prefix + parts(of: path.dropFirst(prefix.count)) + end
    }
    if path.hasPrefix("/"), SystemPaths.isShown(String(path)) { return text }
    return parts(of: path) + end
  }

  private func parts(of path: Substring) -> String {
    var isFolder = path.hasPrefix("/")
    var folder = ""
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      if part.isEmpty || part == "." { return String(part) }
      folder += "/" + part
      isFolder = isFolder && SystemPaths.isFolder(folder)
      return isFolder || part == ".." ? String(part) : self.part(part)
    }
    return parts.joined(separator: "/")
  }

  /// Each part has a pseudonym of its own, so that what lies in one folder still does.
  private func part(_ part: Substring) -> String {
    let name = FileName(part)
    return names.name(.pathPart, for: name.stem) + name.ending
  }

  /// `pipe:[4711]`, `anon_inode:[eventpoll]`, `[vdso]`, `[module 3]`.
  private static func isKernelName(_ text: Substring) -> Bool {
    func isWord(_ text: Substring, _ more: String = "") -> Bool {
      text.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || more.contains($0) }
    }
    if text == "[vdso]" || text == "[vsyscall]" { return true }
    if text.hasPrefix("[module "), text.hasSuffix("]") {
      return text.dropFirst(8).dropLast().allSatisfy(\.isNumber)
    }
    if text.hasPrefix("anon_inode:") { return isWord(text.dropFirst(11), "[]-_:") }
    guard let colon = text.firstIndex(of: ":"), isWord(text[..<colon], "_"),
      text[colon...].hasPrefix(":["), text.hasSuffix("]")
    else { return false }
    return text[colon...].dropFirst(2).dropLast().allSatisfy(\.isNumber)
  }

  // MARK: Code

  mutating func redact(_ stack: inout Report.Stack) {
    for index in stack.frames.indices { redact(&stack.frames[index]) }
  }

  private mutating func redact(_ frame: inout Report.StackFrame) {
    if let file = frame.file {
      // What a distribution's library was built of says nothing of who uses it.
      let isSystem = frame.module.map(SystemPaths.isShown) ?? false
      if !isSystem || !SystemPaths.isBuildPath(file) { frame.file = path(file) }
    }
    if let module = frame.module { frame.module = path(module) }
    frame.function = frame.function.map { function($0) }
  }

  /// Functions keep their names, but for the paths that compilers write into those of lambdas:
  /// `call<(lambda at /src/app/main.cc:3:9)>`.
  mutating func function(_ name: String) -> String {
    guard scope.contains(.paths), name.contains("/") else { return name }
    return replacingWords(in: name) { whole, redactor in
      redactor.parts(of: whole, at: ":") { word, redactor in
        let isPath = word.contains("/") && word.contains { $0.isLetter }
        return isPath && (word.hasPrefix("/") || !FileName(word).ending.isEmpty)
          ? redactor.path(String(word)) : String(word)
      }
    }
  }

  /// Takes what was made of paths up to now for what places are told by.
  mutating func learnNames() {
    var hidden: Set<String> = []
    for (path, shown) in known {
      let name = Self.lastPart(path)
      if Self.lastPart(shown) == name { shownNames.insert(name) } else { hidden.insert(name) }
    }
    shownNames.subtract(hidden)
  }

  /// `server.c:88`, `server+0x12`, `0x12`: a place whose frame the report does not have.
  mutating func place(_ text: String) -> String {
    guard scope.contains(.paths), !text.hasPrefix("0x") else { return text }
    var name = text[...]
    if let range = name.ranges(of: "+0x").last {
      name = name[..<range.lowerBound]
    } else if let colon = name.lastIndex(of: ":"),
      name[colon...].dropFirst().allSatisfy(\.isNumber)
    {
      name = name[..<colon]
    }
    return fileName(String(name)) + text[name.endIndex...]
  }

  /// A name without its path.
  mutating func fileName(_ name: String) -> String {
    shownNames.contains(name) ? name : path(name)
  }

  static func lastPart(_ path: String) -> String { String(path.lastComponent) }

  // MARK: Other texts

  func host(_ name: String) -> String {
    scope.isDisjoint(with: [.hosts, .environment]) ? name : names.name(.host, for: name)
  }

  /// What people wrote may hold anything: it is hidden by each scope.
  func note(_ text: String) -> String { names.name(.text, for: text) }

  func fingerprint(_ text: String) -> String {
    scope.contains(.paths) ? names.fingerprint(for: text) : text
  }
}
