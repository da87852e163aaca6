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
}

extension GeneratedCode {
  /// Whether it is the program's own.
  public func isOwn(_ number: Int) -> Bool {
    place(number).map { FrameOrigin(generated: $0.frame) } == .program
  }
}

extension Report.Stack {
  /// Whether it names the code that an interpreter runs.
  var namesInterpretedCode: Bool {
    frames.contains { $0.isNamedCode && $0.origin == .program }
  }

  /// Where the code that an interpreter runs has names, the interpreter's own frames are the
  /// platform's.
  mutating func takeInterpreterForPlatform() {
    guard namesInterpretedCode else { return }
    for index in frames.indices where Interpreter.isPartOfOne(frames[index].module) {
      frames[index].origin = .runtime
    }
  }
}
