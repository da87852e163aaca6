/// What is known of the requested addresses of one module.
public struct ModuleSymbols: Equatable, Sendable {
  /// How much the module's files could tell.
  public enum Status: Equatable, Sendable {
    /// DWARF was found: functions, inlining, files and lines.
    case debugInformation
    /// Symbol tables only: functions without files and lines.
    case symbolTable
    /// A stripped file: of its functions only those have names that other modules can call.
    case exports
    /// Nothing: addresses stay module plus offset.
    case unavailable(Reason)
  }

  /// Why a module's addresses stay bare.
  public enum Reason: Error, Equatable, Sendable {
    /// No file at the path, nor any with the build-id elsewhere.
    case missing
    /// The path does not name a file on disk (`[vdso]`, an anonymous mapping) or names
    /// something that is not a regular file.
    case notAFile
    /// The file at the path is another build: its lines would be wrong. `found` is its
    /// build-id, empty when it has none.
    case otherBuild(found: [UInt8])
    /// The file exists but cannot be read or is no ELF file; the libraries' own words.
    case unreadable(String)
  }

  public var status: Status
  private var frames: [UInt64: [SourceFrame]]
  var tailCallers: [Call: [TailCaller]]
  /// The functions of other modules that calls entered, by their symbols.
  var symbolsEntered: [Call: String] = [:]

  /// What a frame of a stack called; addresses are as those of ``frames(at:)``.
  public enum Call: Hashable, Sendable {
    /// A recorded call: the frame is the innermost.
    case recorded(at: UInt64)
    /// A function of another module.
    case other(at: UInt64)
    /// One of the same, in which the next inner frame is at `to`.
    case inside(at: UInt64, to: UInt64)

    public var address: UInt64 {
      switch self {
      case .recorded(let address), .other(let address), .inside(let address, _): address
      }
    }
  }

  public init(
    status: Status, frames: [UInt64: [SourceFrame]] = [:],
    tailCallers: [Call: [TailCaller]] = [:]
  ) {
    self.status = status
    self.frames = frames
    self.tailCallers = tailCallers
  }

  /// Returns the frames at a link-time address, innermost inlined function first; empty when
  /// nothing is known, so that the caller names module and offset.
  public func frames(at address: UInt64) -> [SourceFrame] {
    frames[address] ?? []
  }

  /// Where ``tailCallers(of:)`` are known: few addresses, of all.
  public var addressesOfTailCallers: Set<UInt64> { Set(tailCallers.keys.lazy.map(\.address)) }

  /// Returns the functions of the module that stood between a frame and the next inner one,
  /// innermost first: they left no frames of their own.
  public func tailCallers(of call: Call) -> [TailCaller] {
    // Most modules have none.
    tailCallers.isEmpty ? [] : tailCallers[call] ?? []
  }
}
