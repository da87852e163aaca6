extension Report {
  /// A symbolized stack, innermost frame first; inlined functions are frames of their own.
  public struct Stack: Equatable, Sendable {
    public var frames: [StackFrame]
    public var end: End

    /// Whether the outermost frames are there. The raw value is the name used in JSON.
    public enum End: String, Equatable, Sendable {
      case complete
      /// Deeper frames exist and were not followed.
      case cut
      /// No unwind information for a frame.
      case broken
      /// Many stacks end with these frames, and stand as one.
      case ways
      /// No stack was stored.
      case missing
    }

    public static let missing = Stack(frames: [], end: .missing)

    public init(frames: [StackFrame], end: End = .complete) {
      self.frames = frames
      self.end = end
    }

    /// The frame to look at first: the innermost of the program's own code, or else of a
    /// library that is not part of the platform, or else the innermost of all. An interpreter
    /// calls all of its libraries from one place: there it is theirs.
    public var focus: StackFrame? { focusIndex.map { frames[$0] } }

    /// ` in dial at client.c:41`, which follows a call in a sentence: that frame's place, or
    /// nothing where there are no frames. ` below uv_run() in main at server.c:48` of what an event
    /// loop has called: no line there does that.
    var placePhrase: String { focus.map { "\(loopPhrase) \($0.phrase)" } ?? "" }

    private var loopPhrase: String {
      guard let loop, let function = loop.function else { return "" }
      return " below \(SpokenName.of(function))()"
    }

    /// The event loop of a library that the frame to look at first runs.
    private var loop: StackFrame? { library.flatMap { EventLoop.isRun(by: $0) ? $0 : nil } }

    /// Whether a line of the program's own made the call, or had a library make it.
    var leadsToOwnCode: Bool { focus?.origin == .program && loop == nil }

    public var focusIndex: Int? {
      guard let ownIndex, Interpreter.isOne(frames[ownIndex].module) else { return ownIndex }
      return frames.firstIndex { $0.origin != .runtime } ?? ownIndex
    }

    /// Of the program's own code, whatever it is, and as above.
    var ownIndex: Int? {
      frames.firstIndex { $0.origin == .program }
        ?? frames.firstIndex { $0.origin == .library }
        ?? frames.indices.first
    }

    /// `, called at client.c:70:9`: where the place of the frame to look at first is that of another
    /// finding, too, the first frame that tells them apart. Else nothing.
    var callerPhrase: String {
      guard let focusIndex, !frames[focusIndex].tellsColumn,
        let caller = frames[focusIndex...].first(where: \.tellsColumn)
      else { return "" }
      return ", called at \(caller.shortPlace)"
    }

    /// The function of a library that the program's own code called, and that made the call, by
    /// others of its own; nil where the program's code made it.
    public var library: StackFrame? { libraryIndex.map { frames[$0] } }

    var libraryIndex: Int? {
      guard let focusIndex, frames[focusIndex].origin == .program else { return nil }
      return frames[..<focusIndex].lastIndex { $0.origin == .library }
    }

    /// What stands in a profile for the outer frames that are not there; nil when all are.
    public var placeholder: String? {
      switch end {
      case .complete: frames.isEmpty ? "[stack missing]" : nil
      case .cut: "[stack cut]"
      case .broken: "[stack broken]"
      case .ways: "[many ways]"
      case .missing: "[stack missing]"
      }
    }
  }

  /// A program or library with frames in the report's stacks.
  public struct Module: Equatable, Sendable {
    public var path: String
    /// In hexadecimal; nil when it has none.
    public var buildID: String?
    /// Its segments lie from `start` to `end`, in link-time addresses; both 0 when not known.
    public var start: UInt64 = 0
    public var end: UInt64 = 0

    public init(path: String, buildID: String? = nil) {
      self.path = path
      self.buildID = buildID
    }
  }

  /// One function of a stack; code that was inlined has a frame of its own.
  public struct StackFrame: Equatable, Sendable {
    /// nil when no symbol covers the address.
    public var function: String?
    public var file: String?
    public var line: Int?
    public var column: Int?
    /// Path of the module; nil for code outside any, such as JIT code.
    public var module: String?
    /// In hexadecimal; nil when the module has none.
    public var buildID: String?
    /// Link-time address in the module (what `addr2line` takes), else the absolute address.
    public var offset: UInt64
    /// The function was inlined into the next frame.
    public var isInlined: Bool
    /// The function jumped to what it called last, and left no frame; that it was entered is known
    /// of the call in the next frame.
    public var isTailCall = false
    public var origin: FrameOrigin
    /// Its column tells two findings apart that read alike otherwise.
    public var tellsColumn = false

    public init(
      function: String?, file: String? = nil, line: Int? = nil, column: Int? = nil,
      module: String?, buildID: String? = nil, offset: UInt64, isInlined: Bool = false
    ) {
      self.init(
        function: function, file: file, line: line, column: column, module: module,
        buildID: buildID, offset: offset, isInlined: isInlined,
        origin: FrameOrigin(module: module, function: function, file: file))
    }

    init(
      function: String?, file: String?, line: Int?, column: Int?, module: String?,
      buildID: String?, offset: UInt64, isInlined: Bool, origin: FrameOrigin
    ) {
      self.function = function
      self.file = file
      self.line = line
      self.column = column
      self.module = module
      self.buildID = buildID
      self.offset = offset
      self.isInlined = isInlined
      self.origin = origin
    }
  }
}

extension Report.StackFrame {
  /// The module's file name.
  public var moduleName: String? {
    module.map { String($0.lastComponent) }
  }

  /// That of the library that the frame is of: the file name of its module, or of the header from
  /// which it came into the program.
  var libraryName: String? {
    guard origin == .library, isNamedCode || FrameOrigin(module: module) == .program, let file
    else {
      return moduleName
    }
    return String(file.lastComponent)
  }

  /// ` (inlined)`, for a function that had no frame of its own at run time.
  public var label: String { isInlined ? " (inlined)" : isTailCall ? " (tail call)" : "" }

  /// `client.c:41`, or `client.py:dial` of code that has a function but no line.
  var placeInSource: String {
    guard isNamedCode, line == nil, file != nil, let function else { return shortPlace }
    return "\(shortPlace):\(function)"
  }

  /// `client.c:41` with the path's directories dropped, or `prog+0x1234` without a line.
  public var shortPlace: String {
    guard let file else { return modulePlace }
    return String(file.lastComponent) + position
  }

  /// `/src/client.c:41`, or `prog+0x1234` without a line.
  public var place: String {
    guard let file else { return modulePlace }
    return file + position
  }

  /// `:41`, and the column where that has to be told.
  private var position: String {
    guard let line else { return "" }
    guard tellsColumn, let column else { return ":\(line)" }
    return ":\(line):\(column)"
  }

  /// `prog+0x1234`, or the bare address outside any module.
  public var modulePlace: String {
    let offset = "0x" + String(offset, radix: 16)
    return moduleName.map { "\($0)+\(offset)" } ?? offset
  }

  /// `in dial at client.c:41`, for sentences.
  public var phrase: String {
    guard let function else { return "at \(shortPlace)" }
    return "in \(SpokenName.of(function)) at \(shortPlace)"
  }

  /// Sentences do without the parameters of C++ functions.
  static func withoutParameters(_ name: String) -> String {
    let name = name.hasSuffix(") const") ? String(name.dropLast(6)) : name
    guard name.hasSuffix(")") else { return name }
    var depth = 0
    for index in name.indices.reversed() {
      switch name[index] {
      case ")": depth += 1
      case "(": depth -= 1
      default: break
      }
      guard depth == 0 else { continue }
      // `operator()` keeps what belongs to its name; a lone list is no name.
      let rest = name[..<index]
      return rest.isEmpty || rest.hasSuffix("operator") ? name : String(rest)
    }
    return name
  }
}
