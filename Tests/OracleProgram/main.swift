/// oracle TRACE LOG: holds a trace against the log that strace wrote of the same run.
/// The first program must have been given descriptors 0, 1 and 2, and no others.
/// Exit status 1 when they disagree, 2 when one of them cannot be read.
import Oracle
import SystemPackage
import TraceModel

import Glibc

func contents(of path: String) throws -> [UInt8] {
  let file = try FileDescriptor.open(FilePath(path), .readOnly)
  return try file.closeAfter {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let size = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), size > 0 {
      bytes += buffer[..<size]
    }
    return bytes
  }
}

func compare(_ trace: String, _ log: String) throws -> Bool {
  let trace = try Trace(path: trace)
  let model = KernelModel(
    StraceReader.read(try contents(of: log)), calls: Set(trace.calls.dropFirst()),
    initial: [0: false, 1: false, 2: false])
  let comparison = Comparison(trace, model)
  for mismatch in comparison.mismatches { print(mismatch) }
  print(
    "\(comparison.processes) processes, \(comparison.opened) opened, \(comparison.closed) closed,",
    "\(comparison.hidden) hidden, \(comparison.mismatches.count) mismatches")
  return comparison.mismatches.isEmpty
}

let arguments = CommandLine.arguments
do {
  guard arguments.count == 3 else { throw Errno.invalidArgument }
  exit(try compare(arguments[1], arguments[2]) ? 0 : 1)
} catch {
  try FileDescriptor.standardError.writeAll("oracle: \(error); usage: oracle TRACE LOG\n".utf8)
  exit(2)
}
