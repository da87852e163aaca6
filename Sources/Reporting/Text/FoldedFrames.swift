extension Report.Stack {
  /// Outermost frames of the platform, where there are two and more: those that are below
  /// `main` or a thread's function in every stack. What called them is start-up code whatever
  /// its name: that of a stripped program has none.
  var startingFrames: Int {
    let start = frames.firstIndex { $0.function.map(Self.isStart) ?? false } ?? frames.endIndex
    // What is made as the program runs has no module, and starts nothing.
    let platform = frames[..<start].reversed().prefix {
      $0.origin == .runtime && $0.module != nil
    }
    let count = frames.count - start + platform.count
    return count >= 2 && count < frames.count ? count : 0
  }

  /// Calls `main`: in C, and in Rust, whose threads begin below the same name.
  private static func isStart(_ function: String) -> Bool {
    function.hasPrefix("__libc_start_") || function.contains("__rust_begin_short_backtrace")
  }

  /// Outer frames of an interpreter and of code that it makes alone, below those that start the
  /// program: where they are many, none of them tells a line of what it runs. And the
  /// interpreter's name.
  var interpretingFrames: (count: Int, module: String) {
    guard let module = Interpreter(callerIn: self)?.module else { return (0, "") }
    // The frame to look at first may be a module's, below a library that it calls.
    let told = max(Self.toldOfInterpreter, (focusIndex ?? 0) + 1)
    let outer = frames[...].dropLast(startingFrames).dropFirst(told)
      .reversed().prefix {
        $0.module == nil || Interpreter.isOne($0.module)
          || Interpreter.isStandardLibrary($0.module)
      }
    guard outer.count > 2 else { return (0, "") }
    let isAlone = !outer.contains { Interpreter.isStandardLibrary($0.module) }
    return (outer.count, isAlone ? module : module + " and its modules")
  }

  private static let toldOfInterpreter = 3
  private static let toldWithoutNames = 3

  /// Frames of libraries, where they are many: those between the call and the first of the program's
  /// own, and those between two of these, but for the function that the program called. Where the
  /// program has none, those without names that are further out.
  var foldedFrames: [Range<Int>] {
    guard let focusIndex else { return [] }
    var folds: [Range<Int>] = []
    if focusIndex > 5, case let end = libraryIndex ?? focusIndex, end > 3 { folds.append(2..<end) }
    guard frames[focusIndex].origin == .program else {
      return folds + namelessFrames(after: focusIndex)
    }
    let end = frames.count - startingFrames
    var start = focusIndex + 1
    for index in start..<max(start, end + 1) {
      // What is made as the program runs is of no library.
      guard index >= end || frames[index].origin == .program || frames[index].module == nil
      else { continue }
      if index - start > 3 { folds.append(start..<index - 1) }
      start = index + 1
    }
    return folds
  }

  private func namelessFrames(after focusIndex: Int) -> [Range<Int>] {
    let nameless = frames.dropFirst(focusIndex + Self.toldWithoutNames).prefix {
      $0.origin == .library && $0.function == nil
    }
    return nameless.count > 2 ? [nameless.indices] : []
  }
}
