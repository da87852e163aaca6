import CLibiberty
import Glibc

/// Function names as people write them.
public enum FunctionName {
  /// Longer names, mangled or not, are cut here: symbols of a hostile file are bounded, and no
  /// reader wants more of a template instantiation.
  public static let byteLimit = 1024

  /// Returns a symbol's name for display, nil when it is empty.
  ///
  /// C++, Rust and Swift names are demangled. What compilers and linkers append to a function's
  /// name is dropped (`.part.0`, `.cold`, `.constprop.1`, `.isra.2`, `.lto_priv.3`, `.llvm.4`,
  /// `@@GLIBC_2.34`), because the pieces of a function are still that function: a stack reads
  /// the same, and a call site keeps its fingerprint, whatever the optimizer did.
  static func tidy(_ name: UnsafePointer<CChar>) -> String? {
    let count = strnlen(name, byteLimit)
    guard count > 0 else { return nil }
    let text = name.withMemoryRebound(to: UInt8.self, capacity: count) {
      String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
    }
    // What is cut no longer demangles, and never as what it was.
    return count == byteLimit ? text : tidy(text)
  }

  /// Returns a symbol's name for display; demangled, and without what compilers
  /// and linkers append to it.
  public static func tidy(_ symbol: String) -> String {
    let name = withoutSuffix(symbol)
    guard name.utf8.count <= byteLimit else {
      return String(decoding: name.utf8.prefix(byteLimit), as: UTF8.self)
    }
    return demangled(name) ?? name
  }

  /// Returns the name in its language's own spelling, nil for one that is not mangled.
  static func demangled(_ name: String) -> String? {
    if name.hasPrefix("$s") || name.hasPrefix("$S") || name.hasPrefix("_$s") {
      return swiftDemangled(name)
    }
    guard name.hasPrefix("_Z") || name.hasPrefix("_R") else { return nil }
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: byteLimit) { buffer in
      let count = fdt_demangle(name, buffer.baseAddress, buffer.count)
      return shortened(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    }
    return text.isEmpty ? nil : text
  }

  // What follows works on bytes: a report may have a hundred thousand names, each a thousand
  // bytes long, and the standard library's searches take them character by character.

  /// The standard strings by the names that everyone uses for them.
  private static func shortened(_ name: UnsafeRawBufferPointer) -> String {
    var short: [UInt8] = []
    short.reserveCapacity(name.count)
    var rest = Slice(base: name, bounds: name.startIndex..<name.endIndex)
    while let first = rest.first {
      if first == UInt8(ascii: "s"),
        let (long, replacement) = longNames.first(where: { rest.starts(with: $0.long) })
      {
        short += replacement
        rest = rest.dropFirst(long.count)
      } else {
        short.append(first)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: short, as: UTF8.self)
  }

  private static let longNames: [(long: [UInt8], short: [UInt8])] = [
    (
      "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >",
      "std::string"
    ),
    ("std::basic_string_view<char, std::char_traits<char> >", "std::string_view"),
    (
      "std::__1::basic_string<char, std::__1::char_traits<char>, std::__1::allocator<char> >",
      "std::string"
    ),
  ].map { (Array($0.utf8), Array($1.utf8)) }

  private static func swiftDemangled(_ name: String) -> String? {
    guard SwiftMangling.isBounded(name) else { return nil }
    var bytes = Array(name.utf8CString)
    return bytes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress,
        let text = swift_demangle(base, buffer.count - 1, nil, nil, 0)
      else { return nil }
      defer { free(text) }
      let count = strnlen(text, byteLimit)
      return text.withMemoryRebound(to: UInt8.self, capacity: count) {
        withoutSpecialization(
          String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self))
      }
    }
  }

  /// `generic specialization <Swift.Int> of main.f()` is the optimizer's copy of `main.f()`.
  private static func withoutSpecialization(_ name: String) -> String {
    var rest = name[...]
    while let kind = specializations.first(where: rest.hasPrefix) {
      rest = rest.dropFirst(kind.count)
      guard kind.hasSuffix("<") else { continue }
      var depth = 1
      var isArrow = false
      let end = rest.firstIndex { character in
        if character == "<" { depth += 1 }
        // The one of `->` closes nothing.
        if character == ">" && !isArrow { depth -= 1 }
        isArrow = character == "-"
        return depth == 0
      }
      guard let end, rest[end...].hasPrefix("> of ") else { return name }
      rest = rest[end...].dropFirst(5)
    }
    return rest.isEmpty ? name : String(rest)
  }

  private static let specializations = [
    "generic specialization <", "generic not re-abstracted specialization <",
    "function signature specialization <", "merged ",
  ]

  /// Drops symbol versions and the suffixes of clones.
  private static func withoutSuffix(_ symbol: String) -> String {
    var symbol = symbol
    let kept = symbol.withUTF8 { name in
      var end = name.firstIndex(of: UInt8(ascii: "@")).flatMap { $0 > 0 ? $0 : nil } ?? name.count
      // The first suffix ends the name, but a leading dot belongs to it.
      var start = min(1, end)
      while let dot = name[start..<end].firstIndex(of: UInt8(ascii: ".")) {
        start = dot + 1
        if isCloneSuffix(name[start..<end]) {
          end = dot
          break
        }
      }
      return end
    }
    return kept == symbol.utf8.count
      ? symbol : String(decoding: symbol.utf8.prefix(kept), as: UTF8.self)
  }

  /// Whether that, after a dot, is what compilers add: `part.0`, `cold`.
  private static func isCloneSuffix(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    cloneSuffixes.contains { suffix in
      guard text.starts(with: suffix) else { return false }
      let next = text.dropFirst(suffix.count).first
      return next == nil || next == UInt8(ascii: ".")
    }
  }

  /// GCC's and LLVM's names for pieces and copies of a function.
  private static let cloneSuffixes: [[UInt8]] = [
    "part", "cold", "constprop", "isra", "lto_priv", "localalias", "llvm", "resume", "destroy",
    "cleanup", "actor",
  ].map { Array($0.utf8) }
}

/// The Swift runtime's demangler, as declared in its `include/swift/Demangling/Demangle.h`:
/// the result is for `free`, nil when the name is not mangled.
@_silgen_name("swift_demangle")
private func swift_demangle(
  _ mangledName: UnsafePointer<CChar>, _ mangledNameLength: Int,
  _ outputBuffer: UnsafeMutablePointer<CChar>?, _ outputBufferSize: UnsafeMutablePointer<Int>?,
  _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?
