extension Report.Stack {
  /// Outermost frames of the platform, where there are two and more: those that are below
  /// `main` or a thread's function in every stack. What called them is start-up code whatever
  /// its name: that of a stripped program has none.
  var startingFrames: Int {
    let start = frames.firstIndex { $0.function.map(Self.isStart) ?? false } ?? frames.endIndex
    // What is made as the program runs has no module, and starts nothing; nor does what runs it.
    let platform = frames[..<start].reversed().prefix {
      $0.origin == .runtime && $0.module != nil && !Interpreter.isPartOfOne($0.module)
    }
    let count = frames.count - start + platform.count
    return count >= 2 && count < frames.count ? count : 0
  }

  /// Calls `main`: in C, and in Rust, whose threads begin below the same name.
  private static func isStart(_ function: String) -> Bool {
    function.hasPrefix("__libc_start_") || function.contains("__rust_begin_short_backtrace")
  }

  /// Frames of an interpreter, none of which tells a line of what it runs: all of them where that has
  /// names of its own; else the outer ones, below those that start the program, and those of code
  /// that it makes, where they are many. And the interpreter's name.
  var interpretingFrames: (indices: Set<Int>, module: String) {
    let frames = frames[...].dropLast(startingFrames)
    if namesInterpretedCode {
      let own = frames.indices.filter { Interpreter.isPartOfOne(frames[$0].module) }
      let module = own.lazy.map { frames[$0] }.first { Interpreter.isOne($0.module) }
      return (Set(own), module?.moduleName ?? "the interpreter's modules")
    }
    guard let module = Interpreter(callerIn: self)?.module else { return ([], "") }
    // The frame to look at first may be a module's, below a library that it calls.
    let told = max(Self.toldOfInterpreter, (focusIndex ?? 0) + 1)
    let outer = frames.dropFirst(told).reversed().prefix {
      $0.module == nil || Interpreter.isPartOfOne($0.module)
    }
    guard outer.count > 2 else { return ([], "") }
    let isAlone = !outer.contains { Interpreter.isStandardLibrary($0.module) }
    return (
      Set(frames.indices.suffix(outer.count)), isAlone ? module : module + " and its modules"
    )
  }

  private static let toldOfInterpreter = 3
  private static let toldWithoutNames = 3

  /// Frames of libraries, where they are many: those between the call and the first of the program's
  /// own, and those between two of these, but for the function that the program called. Where the
  /// program has none, those without names that are further out.
  ///
  /// - Parameter told: indices of frames.
  /// - Returns: ranges of places in `told`.
  func foldedFrames(of told: [Int]) -> [Range<Int>] {
    guard let focusIndex, let focus = told.firstIndex(of: focusIndex) else { return [] }
    var folds: [Range<Int>] = []
    let library = libraryIndex.flatMap(told.firstIndex(of:))
    if focus > 5, case let end = library ?? focus, end > 3 { folds.append(2..<end) }
    guard frames[focusIndex].origin == .program else {
      return folds + namelessFrames(after: focus, of: told)
    }
    var start = focus + 1
    for place in start..<max(start, told.count + 1) {
      // What is made as the program runs is of no library, unless its name tells.
      guard
        place >= told.count || frames[told[place]].origin == .program
          || frames[told[place]].module == nil && frames[told[place]].function == nil
      else { continue }
      if place - start > 3 { folds.append(start..<place - 1) }
      start = place + 1
    }
    return folds
  }

  private func namelessFrames(after focus: Int, of told: [Int]) -> [Range<Int>] {
    let nameless = told.indices.dropFirst(focus + Self.toldWithoutNames).prefix {
      frames[told[$0]].origin == .library && frames[told[$0]].function == nil
    }
    guard nameless.count > 2, let first = nameless.first else { return [] }
    return [first..<first + nameless.count]
  }
}
