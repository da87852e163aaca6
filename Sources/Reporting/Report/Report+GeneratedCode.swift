import Symbolication

extension Report.StackFrame {
  /// Of code outside of any module; `known` is what its runtime says of it.
  init(at address: UInt64, known: SourceFrame? = nil) {
    self.init(
      function: known?.function, file: known?.file, line: known?.line, column: known?.column,
      module: nil, buildID: nil, offset: address, isInlined: false,
      origin: known.map { FrameOrigin(generated: $0) } ?? .runtime)
  }

  /// Of code that was made as the program ran, and has a name.
  var isNamedCode: Bool { module == nil && function != nil }

  /// The same, of a function of what an interpreter runs.
  fileprivate var isOfLanguage: Bool {
    isNamedCode && SourceFrame(function: function, file: file).isOfLanguage
  }
}

extension SourceFrame {
  /// Of generated code: whether it is a function of the language that runs, as those of the runtime
  /// have no file.
  var isOfLanguage: Bool { file != nil || FrameOrigin(generated: self) == .program }
}

extension GeneratedCode {
  /// Whether it is the program's own.
  public func isOwn(_ number: Int) -> Bool {
    place(number).map { FrameOrigin(generated: $0.frame) } == .program
  }

  /// Whether it is a function of what an interpreter runs.
  func isOfLanguage(_ number: Int) -> Bool { place(number)?.frame.isOfLanguage == true }
}

extension Report.Stack {
  /// Whether it names the code that an interpreter runs.
  var namesInterpretedCode: Bool {
    frames.contains(where: \.isOfLanguage)
  }

  /// Where the code that an interpreter runs has names, the interpreter's own frames are the
  /// platform's, and what only started an event loop is start-up code. A stack without a function
  /// of the program's own is told by the library function that made the call.
  mutating func takeInterpreterForPlatform() {
    let named = frames.indices.filter { frames[$0].isOfLanguage }
    guard !named.isEmpty else { return }
    for index in frames.indices where Interpreter.isPartOfOne(frames[index].module) {
      frames[index].origin = .runtime
    }
    if let loop = named.first(where: { EventLoop.isOfPython(frames[$0].function) }) {
      for index in named where index > loop { frames[index].origin = .runtime }
    }
    guard !frames.contains(where: { $0.origin != .runtime }) else { return }
    let caller = named.first { !Interpreter.isWrapper(frames[$0].function) }
    frames[caller ?? named[0]].origin = .library
  }
}
