import Symbolication
import TraceModel

extension Report.Stack {
  /// Joins frames, innermost first, with what is known of each: `code` tells those at an address of
  /// a module, which is several where functions were inlined, or left no frame when they called
  /// `inner`, the next inner one.
  public init(
    _ frames: [Frame], _ generated: GeneratedCode,
    code: (_ module: Int, _ address: UInt64, _ inner: Frame?) -> [Report.StackFrame]
  ) {
    guard !frames.isEmpty else {
      self = .missing
      return
    }
    self.init(frames: [])
    self.frames.reserveCapacity(frames.count)
    var inner: Frame?
    for frame in frames {
      switch frame {
      case .code(let module, let address):
        let called = self.frames.last
        var found = code(module, address, inner)
        if found.count > 1, let called {
          found.removeAll { $0.isTailCall && !called.mayHaveBeenJumpedTo(from: $0) }
        }
        self.frames += found.filter { !$0.isOfRecorder }
      case .generated(let number):
        let place = generated.place(number)
        self.frames.append(Report.StackFrame(at: place?.address ?? 0, known: place?.frame))
      case .absolute(let address): self.frames.append(Report.StackFrame(at: address))
      case .cut: end = .cut
      case .broken: end = .broken
      case .ways: end = .ways
      }
      inner = frame
    }
    takeInterpreterForPlatform()
    takePartsWithoutLinesForLibraries()
  }

  /// What was linked into a program without lines, and is called by its code that has them, is a
  /// library, as those that are linked statically have none.
  private mutating func takePartsWithoutLinesForLibraries() {
    let own = frames.indices.filter { frames[$0].origin == .program }
    guard let first = own.first, frames[first].isWithoutLines,
      let caller = own.first(where: { !frames[$0].isWithoutLines })
    else { return }
    for index in own
    where index < caller && frames[index].module == frames[caller].module {
      frames[index].origin = .library
    }
  }
}

extension Report.StackFrame {
  fileprivate var isWithoutLines: Bool { file == nil && !isNamedCode }

  /// A signal may interrupt a wrapper, which then stands between its handler and the program.
  fileprivate var isOfRecorder: Bool { moduleName?.hasPrefix("libfdtrack.so") == true }

  /// Not where it has the name: the frame is the function's itself, then, of another module. And not
  /// of the platform's: what stands under a handler of signals was interrupted, and in no call.
  fileprivate func mayHaveBeenJumpedTo(from caller: Self) -> Bool {
    function != caller.function && origin != .runtime
  }
}
