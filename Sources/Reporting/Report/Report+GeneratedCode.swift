import Symbolication

extension Report.StackFrame {
  /// Of code outside of any module, of which `code` tells what is known.
  init(_ code: SourceFrame?, at address: UInt64) {
    self.init(
      function: code?.function, file: code?.file, line: code?.line, column: code?.column,
      module: nil, buildID: nil, offset: address, isInlined: false,
      origin: code.map { FrameOrigin(generated: $0) } ?? .runtime)
  }

  /// Of code that was made as the program ran, and has a name.
  var isNamedCode: Bool { module == nil && function != nil }
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
