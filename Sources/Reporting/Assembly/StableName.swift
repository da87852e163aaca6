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
  init(
    module: StableModule?, function: String?, file: String?, offset: UInt64
  ) {
    guard let module else {
      self = .unnamed
      return
    }
    let origin = FrameOrigin(function: function, file: file, in: module.origin)
    isPlatform = origin == .runtime
    if let function {
      text = module.prefix + OwnName.of(function)
    } else if origin == .program {
      text = module.prefix + "+" + String(offset, radix: 16)
    } else {
      // The distribution's next update moves everything in its libraries.
      text = module.prefix
    }
  }
}

/// What the names of a module's frames have in common.
struct StableModule: Equatable, Sendable {
  /// `libpool.so!`: of `libpool.so.1.2` as of `libpool.so.1.3`.
  let prefix: String
  let origin: FrameOrigin

  init(path: String) {
    let name = path.lastComponent
    prefix = (name.prefix(throughFirst: ".so") ?? name) + "!"
    origin = FrameOrigin(module: path)
  }
}
