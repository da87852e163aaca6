import LeakAnalysis

extension Report {
  /// A descriptor open at its process's end, or now while that runs.
  public struct Descriptor: Equatable, Sendable {
    public var process: Int
    public var fd: Int
    public var kind = "unknown"
    /// The path, link or address that tells it best.
    public var name: String?
    public var local: String?
    public var remote: String?
    public var state: String?
    public var openedNs: UInt64?
    public var ageNs: UInt64?
    /// Kernel thread id of the opener.
    public var thread: UInt32 = 0
    public var isCloseOnExec = false
    public var isListening = false
    /// Who has to close it: `raw`, `FILE`, `DIR`, `popen`.
    public var owner = "raw"
    public var duplicateOf: Int?
    /// As `LeakAnalysis.OpenDescriptor.end`.
    public var end: PairEnd?
    /// The pid of who sent it in a message, where the kernel told.
    public var sender: Int?

    public init(process: Int, fd: Int) {
      self.process = process
      self.fd = fd
    }
  }
}
