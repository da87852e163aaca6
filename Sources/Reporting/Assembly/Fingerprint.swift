/// The name of a call site that stays when the program is run, moved or rebuilt.
///
/// 64 bits of FNV-1a, in hexadecimal, over the called function, the kind of descriptor, and for
/// each frame of the program and its libraries the module's base name (up to `.so`) and the
/// function. Left out, so that they may change: addresses, lines, files, the platform's own
/// frames (C library, language runtimes), and repeats of a recursive function. A frame without a
/// function name counts with its offset, so a stripped program keeps its fingerprints until it
/// is rebuilt. Two calls of one kind in one function share a fingerprint.
public enum Fingerprint {
  public static func of(api: String, kind: String, stack: Report.Stack) -> String {
    var own = stack.frames.filter { $0.origin != .runtime }
    if own.isEmpty { own = stack.frames }
    var parts = [api, kind]
    var last: [String] = []
    for frame in own {
      let names = [
        frame.moduleName.map(withoutVersion) ?? "",
        frame.function ?? "+" + String(frame.offset, radix: 16),
      ]
      if names != last { parts += names }
      last = names
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in parts {
      for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
      // No name holds this byte, so the parts cannot run into each other.
      hash = (hash ^ 0xff) &* 0x0000_0100_0000_01b3
    }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  /// `libpool.so.1.2` is the same library as `libpool.so.1.3`.
  private static func withoutVersion(_ name: String) -> String {
    guard let end = name.firstRange(of: ".so")?.upperBound else { return name }
    return String(name[..<end])
  }
}
