/// What is known of the requested addresses of one module.
public struct ModuleSymbols: Equatable, Sendable {
  /// How much the module's files could tell.
  public enum Status: Equatable, Sendable {
    /// DWARF was found: functions, inlining, files and lines.
    case debugInformation
    /// Symbol tables only: functions without files and lines.
    case symbolTable
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

  public init(status: Status, frames: [UInt64: [SourceFrame]] = [:]) {
    self.status = status
    self.frames = frames
  }

  /// Returns the frames at a link-time address, innermost inlined function first; empty when
  /// nothing is known, so that the caller names module and offset.
  public func frames(at address: UInt64) -> [SourceFrame] {
    frames[address] ?? []
  }
}
