/// Why a file cannot be read as a trace. Offsets are bytes from the start of
/// the file; each description is one line that says what was expected and what to do.
public enum TraceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// open(2) or fstat(2) failed with this errno.
  case cannotOpen(errno: Int32)
  /// A directory, FIFO, socket or device; the name says which.
  case notAFile(String)
  /// pread(2) failed with this errno.
  case cannotRead(offset: UInt64, errno: Int32)
  case empty
  /// Larger than a trace may be.
  case tooLarge(size: UInt64, limit: UInt64)
  /// `need` bytes belong at `offset`, of which the file has `have`.
  case truncated(offset: UInt64, need: UInt64, have: UInt64)
  /// The magic bytes are not there.
  case notATrace(offset: UInt64)
  /// Written by a machine of the other endianness.
  case otherByteOrder(offset: UInt64)
  case otherVersion(offset: UInt64, found: UInt32, supported: UInt32)
  /// The program that made the file never finished its header.
  case notReady(offset: UInt64)
  /// The header's description of a section contradicts itself or the file.
  case badSection(name: String, offset: UInt64)

  public var description: String {
    switch self {
    case .cannotOpen(let errno):
      return "cannot open: \(ErrorText.of(errno))"
    case .notAFile(let what):
      return "is \(what), not a trace file; name the file that libfdtrack.so wrote"
    case .cannotRead(let offset, let errno):
      return "cannot read at byte \(offset): \(ErrorText.of(errno))"
    case .empty:
      return
        "is empty: the traced program ended before it could create its trace, or the file was cut "
        + "since; run it again"
    case .tooLarge(let size, let limit):
      return "has \(size) bytes, more than the \(limit) that a trace may have; not a sound trace"
    case .truncated(let offset, let need, let have):
      return "is cut short: \(need) bytes expected at byte \(offset), \(have) there; "
        + "copy the file again, whole"
    case .notATrace(let offset):
      return "is not a trace: no fdtrack magic at byte \(offset); "
        + "name the file that libfdtrack.so wrote"
    case .otherByteOrder(let offset):
      return "was written with another byte order (byte \(offset)); "
        + "read it on a machine of the kind that wrote it"
    case .otherVersion(let offset, let found, let supported):
      return "has format version \(found) (byte \(offset)), this program reads \(supported); "
        + "use the fdtrack-report that came with the libfdtrack.so"
    case .notReady(let offset):
      return "was never finished by the program that created it (byte \(offset)); "
        + "wait a moment if it is just starting, else run it again"
    case .badSection(let name, let offset):
      return "is damaged: its section '\(name)' (described at byte \(offset)) does not fit; "
        + "copy the file again, or record it again"
    }
  }
}
