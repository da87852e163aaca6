import LeakAnalysis

extension Fingerprint {
  /// The name of a call site that stays when the program is run, moved or rebuilt.
  ///
  /// Made of the called function, the kind of descriptor, and for each frame of the program and
  /// its libraries the module's base name (up to `.so`) and the function. Left out, so that they
  /// may change: addresses, lines, files, the platform's own frames (C library, language
  /// runtimes), and repeats of a recursive function. A frame without a function name counts with
  /// its offset, so a stripped program keeps its fingerprints until it is rebuilt. Two calls of
  /// one kind in one function share a fingerprint.
  init(api: String, kind: String, stack: Report.Stack) {
    var own = stack.frames.filter { $0.origin != .runtime }
    if own.isEmpty { own = stack.frames }
    var names = [kind]
    for frame in own {
      let module = frame.moduleName.map(Self.withoutVersion) ?? ""
      let name = module + "!" + (frame.function ?? "+" + String(frame.offset, radix: 16))
      if name != names.last { names.append(name) }
    }
    self.init(api: api, frames: names)
  }

  /// `libpool.so.1.2` is the same library as `libpool.so.1.3`.
  private static func withoutVersion(_ name: String) -> String {
    var rest = name.utf8[...]
    while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
      rest = rest[dot...]
      if rest.starts(with: ".so".utf8) {
        return String(name[..<name.utf8.index(dot, offsetBy: 3)])
      }
      rest = rest.dropFirst()
    }
    return name
  }
}
