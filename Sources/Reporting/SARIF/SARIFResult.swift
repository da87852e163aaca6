/// One result, before it is written.
struct SARIFResult {
  /// The rule's id.
  var rule: String
  var level: SARIFRule.Level
  /// Escaped as `SARIFText` does it.
  var message: String
  var fingerprint: String?
  /// The stack that tells where it is; the innermost of the program's own frames with a source
  /// line counts.
  var place: Report.Stack
  /// A program to name where no frame has a source line.
  var program: String?
  var stacks: [NamedStack] = []
  var steps: [Step] = []
  var suppressed: Report.Suppressed?
  /// Facts beside it: members of an object, sorted.
  var properties: (inout JSONWriter) -> Void = { _ in }

  struct NamedStack {
    var title: String
    var stack: Report.Stack
  }

  /// One step of the path that leads to it, at a frame with a source line.
  struct Step {
    var frame: Report.StackFrame
    var text: String
    /// As `threadFlowLocation.kinds` (3.38.8) has them.
    var kinds: [String]
    var isEssential = true
    var level = 0
  }
}

extension SARIFResult {
  /// Adds what is called at a stack, from the outermost caller on, and then that itself.
  mutating func addPath(_ stack: Report.Stack, to text: String, kinds: [String]) {
    let frames = Self.located(stack).suffix(Self.pathLimit)
    for (level, frame) in frames.reversed().enumerated() {
      let isLast = level == frames.count - 1
      let inner = frames.dropLast(level + 1).last?.function
      steps.append(
        Step(
          frame: frame, text: isLast ? text : "calls \(inner ?? "on")",
          kinds: isLast ? kinds : ["call", "function"], isEssential: isLast, level: level))
    }
  }

  /// Adds one step, at the frame of a stack to look at first.
  mutating func addStep(_ stack: Report.Stack?, _ text: String, kinds: [String]) {
    guard let stack, let frame = Self.located(stack).first else { return }
    steps.append(Step(frame: frame, text: text, kinds: kinds))
  }

  /// Callers that a path tells of.
  private static let pathLimit = 64

  /// Frames with a source line, from the one to look at first to the outermost; those of the
  /// platform are left out, unless there are no others.
  static func located(_ stack: Report.Stack) -> ArraySlice<Report.StackFrame> {
    let lines = stack.frames[(stack.focusIndex ?? 0)...].filter { $0.file != nil }
    let own = lines.filter { $0.origin != .runtime }
    return own.isEmpty ? lines[...] : own[...]
  }
}
