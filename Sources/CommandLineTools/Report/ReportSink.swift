import Glibc
import LinuxCalls
import Reporting
import SystemPackage

/// Where a report is written to: a stream, or a file that is replaced as a whole.
struct ReportSink: ~Copyable {
  private let fd: Int32
  /// The name under which the file comes to be `target`, nil for streams and for what is no regular
  /// file.
  private let draft: String?
  /// It has no name yet, so that nothing is left of it whatever ends this process.
  private let isNameless: Bool
  private let target: String
  private let ownsDescriptor: Bool
  private var isFinished = false

  /// The descriptor when it is a terminal.
  var terminal: Int32? { Terminal.isTerminal(fd) ? fd : nil }

  /// Opens the output; `trace` is the file that it must not replace.
  init(_ output: ReportOutput, keeping trace: String) throws(ReportFailure) {
    switch output {
    case .standardOutput:
      self.init(STDOUT_FILENO, target: "standard output", ownsDescriptor: false)
    case .standardError:
      self.init(STDERR_FILENO, target: "standard error", ownsDescriptor: false)
    case .file(let path):
      self = try Self.file(path, keeping: trace)
    }
  }

  private init(
    _ fd: Int32, target: String, draft: String? = nil, isNameless: Bool = false,
    ownsDescriptor: Bool = true
  ) {
    (self.fd, self.target) = (fd, target)
    (self.draft, self.isNameless) = (draft, isNameless)
    self.ownsDescriptor = ownsDescriptor
  }

  private static func file(
    _ path: String, keeping trace: String
  ) throws(ReportFailure) -> ReportSink {
    var old = stat()
    let exists = stat(path, &old) == 0
    var traced = stat()
    if exists, stat(trace, &traced) == 0, traced.st_ino == old.st_ino,
      traced.st_dev == old.st_dev
    {
      throw ReportFailure("\(VisibleText.escaped(path)): is the trace itself; name another file")
    }
    guard !exists || old.st_mode & S_IFMT == S_IFREG else {
      // A device, FIFO or /dev/stdout is written to, never replaced.
      let fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      guard fd >= 0 else { throw failure(path, errno) }
      return ReportSink(fd, target: path)
    }
    // What a link points to is replaced, not the link.
    let target = exists ? resolved(path) : path
    let draft = target + ".\(getpid()).tmp"
    let folder = FilePath(target).removingLastComponent().string
    var fd = linux_open_nameless(folder.isEmpty ? "." : folder, 0o666)
    let isNameless = fd >= 0
    if !isNameless {
      // Not all file systems have files without a name.
      fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    }
    guard fd >= 0 else { throw failure(path, errno) }
    if exists { fchmod(fd, old.st_mode & 0o777) }
    return ReportSink(fd, target: target, draft: draft, isNameless: isNameless)
  }

  deinit {
    guard ownsDescriptor, !isFinished else { return }
    close(fd)
    if let draft, !isNameless { unlink(draft) }
  }

  /// Takes blocks of the report in order; false: nobody wants more.
  typealias Output = (UnsafeRawBufferPointer) -> Bool

  /// Writes what `body` hands on. A reader that went away ends it silently.
  borrowing func write(_ body: (@escaping Output) -> Void) throws(ReportFailure) {
    let fd = fd
    var error: Int32 = 0
    body { bytes in
      if error == 0 { error = Self.withoutPipeSignal { OutputStream.writeAll(bytes, to: fd) } }
      return error == 0
    }
    guard error == 0 || error == EPIPE else { throw Self.failure(target, error) }
  }

  /// The same for a text.
  borrowing func write(_ text: String) throws(ReportFailure) {
    try write { output in
      var text = text
      text.withUTF8 { _ = output(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Puts the file in its place. What was written and not finished leaves no trace.
  mutating func finish() throws(ReportFailure) {
    guard ownsDescriptor else { return }
    isFinished = true
    var isDone = true
    if let draft, isNameless { isDone = linux_name(fd, draft) == 0 }
    var error = errno
    if close(fd) != 0, isDone { (isDone, error) = (false, errno) }
    if let draft {
      if isDone, rename(draft, target) != 0 { (isDone, error) = (false, errno) }
      if !isDone { unlink(draft) }
    }
    guard isDone else { throw Self.failure(target, error) }
  }

  /// Keeps SIGPIPE from ending the process, without changing what its children inherit.
  private static func withoutPipeSignal(_ body: () -> Int32) -> Int32 {
    var pipe = sigset_t()
    var old = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &old)
    let error = body()
    if error == EPIPE, sigismember(&old, SIGPIPE) == 0 {
      var none = timespec()
      sigtimedwait(&pipe, nil, &none)
    }
    pthread_sigmask(SIG_SETMASK, &old, nil)
    return error
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func failure(_ path: String, _ error: Int32) -> ReportFailure {
    ReportFailure(
      "\(VisibleText.escaped(path)): cannot write the report: \(Errno(rawValue: error))")
  }
}
