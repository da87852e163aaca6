import CElfutils
import Glibc

/// One ELF file that was proven to be the build that the trace names, open in libdwfl.
///
/// Reported at its link-time addresses, so libdwfl's addresses are those of the trace; biases
/// of separate debug files are still applied, since prelinked files differ from theirs.
struct OpenModule: ~Copyable {
  let module: OpaquePointer
  private let session: OpaquePointer
  private let options: Options

  /// What libdwfl keeps pointers to for as long as the session lives.
  private struct Options {
    let callbacks: UnsafeMutablePointer<Dwfl_Callbacks>
    let debugPath: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    init(debugDirectories: [String]) {
      debugPath = .allocate(capacity: 1)
      let path = ([":.debug", "/usr/lib/debug"] + debugDirectories).joined(separator: ":")
      debugPath.initialize(to: strdup(path))
      callbacks = .allocate(capacity: 1)
      callbacks.initialize(to: fdt_dwfl_callbacks(debugPath))
    }

    func deallocate() {
      free(debugPath.pointee)
      debugPath.deallocate()
      callbacks.deallocate()
    }
  }

  init(
    _ identity: ModuleIdentity, debugDirectories: [String], roots: [String]
  ) throws(ModuleSymbols.Reason) {
    // Bracketed names are the kernel's; where relative paths lead nobody knows.
    guard identity.path.first == UInt8(ascii: "/"), !identity.path.contains(0) else {
      throw identity.path.starts(with: "./".utf8) ? .missing : .notAFile
    }
    let options = Options(debugDirectories: debugDirectories)
    let atPath: ModuleSymbols.Reason
    do {
      let file = try Self.openFile(identity.path)
      self = try OpenModule(file, identity.path, expecting: identity.buildID, options)
      return
    } catch {
      atPath = error
    }
    for root in roots where !identity.buildID.isEmpty {
      let path = Array(root.utf8) + identity.path
      if let file = try? Self.openFile(path),
        let found = try? OpenModule(file, path, expecting: identity.buildID, options)
      {
        self = found
        return
      }
    }
    guard
      let (file, path) = Self.findByBuildID(identity, options),
      let found = try? OpenModule(file, path, expecting: identity.buildID, options)
    else {
      options.deallocate()
      throw atPath
    }
    self = found
  }

  /// Takes over `file`, and `options` unless it throws.
  private init(
    _ file: CInt, _ path: [UInt8], expecting buildID: [UInt8], _ options: Options
  ) throws(ModuleSymbols.Reason) {
    guard let session = dwfl_begin(options.callbacks) else {
      close(file)
      throw .unreadable(Self.lastError())
    }
    dwfl_report_begin(session)
    let name = path.map(CChar.init(bitPattern:)) + [0]
    guard let module = dwfl_report_elf(session, name, name, file, 0, true) else {
      let error = Self.lastError()
      close(file)
      dwfl_end(session)
      throw .unreadable(error)
    }
    dwfl_report_end(session, nil, nil)
    let found = Self.buildID(of: module)
    guard Self.isSameBuild(found, as: buildID) else {
      dwfl_end(session)
      throw .otherBuild(found: found)
    }
    self.session = session
    self.module = module
    self.options = options
  }

  deinit {
    dwfl_end(session)
    options.deallocate()
  }

  /// The trace may name anything, so a FIFO must not block and a device must not be touched.
  private static func openFile(_ path: [UInt8]) throws(ModuleSymbols.Reason) -> CInt {
    let name = path.map(CChar.init(bitPattern:)) + [0]
    var status = stat()
    guard stat(name, &status) == 0 else { throw reason(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    let file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw reason(errno) }
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw .notAFile
    }
    return file
  }

  private static func reason(_ error: CInt) -> ModuleSymbols.Reason {
    switch error {
    case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: .missing
    default: .unreadable(String(cString: strerror(error)))
    }
  }

  /// Looks among installed debug files and debuginfod for what is no longer at its path.
  private static func findByBuildID(
    _ identity: ModuleIdentity, _ options: Options
  ) -> (CInt, [UInt8])? {
    // Build-ids cut by the trace cannot name a file.
    guard (2..<buildIDLimit).contains(identity.buildID.count),
      let session = dwfl_begin(options.callbacks)
    else { return nil }
    defer { dwfl_end(session) }
    dwfl_report_begin(session)
    guard let module = dwfl_report_module(session, "by-build-id", 0x1000, 0x2000),
      dwfl_module_report_build_id(module, identity.buildID, identity.buildID.count, 0) == 0
    else { return nil }
    dwfl_report_end(session, nil, nil)
    var path: UnsafeMutablePointer<CChar>?
    let file = fdt_open_by_build_id(module, &path)
    defer { free(path) }
    guard file >= 0 else { return nil }
    return (file, path.map { Array(String(cString: $0).utf8) } ?? identity.path)
  }

  /// Longer build-ids than this are cut in a trace: FDT_BUILD_ID_MAX.
  private static let buildIDLimit = 32

  private static func isSameBuild(_ found: [UInt8], as expected: [UInt8]) -> Bool {
    expected.count == buildIDLimit ? found.starts(with: expected) : found == expected
  }

  private static func buildID(of module: OpaquePointer) -> [UInt8] {
    var bits: UnsafePointer<UInt8>?
    var address: GElf_Addr = 0
    let count = dwfl_module_build_id(module, &bits, &address)
    guard count > 0, let bits else { return [] }
    return Array(UnsafeBufferPointer(start: bits, count: Int(count)))
  }

  private static func lastError() -> String {
    String(cString: dwfl_errmsg(-1))
  }
}
