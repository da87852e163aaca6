/// What stays of a frame when its program is rebuilt.
struct StableName: Equatable, Sendable {
  /// `libpool.so!dial`
  var text: String
  /// C library, loader, language runtimes: these are updated without the program.
  var isPlatform: Bool

  /// Code outside of any module, as compilers at run time make it: its address is another one
  /// in each run, so all that can be said is that there was some.
  static let unnamed = StableName(text: "!", isPlatform: false)

  init(text: String, isPlatform: Bool) {
    self.text = text
    self.isPlatform = isPlatform
  }

  /// `offset` is the link-time address.
  init(module: String?, function: String?, file: String?, offset: UInt64) {
    let origin = FrameOrigin(module: module, function: function, file: file)
    isPlatform = origin == .runtime
    guard let module else {
      self = .unnamed
      return
    }
    let name = Self.withoutVersion(module.split(separator: "/").last.map(String.init) ?? module)
    if let function {
      text = name + "!" + OwnName.of(function)
    } else if origin == .program {
      text = name + "!+" + String(offset, radix: 16)
    } else {
      // The distribution's next update moves everything in its libraries.
      text = name + "!"
    }
  }

  /// `libpool.so.1.2` is the same library as `libpool.so.1.3`.
  private static func withoutVersion(_ name: String) -> String {
    guard let end = name.firstRange(of: ".so")?.upperBound else { return name }
    return String(name[..<end])
  }
}
