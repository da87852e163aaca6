import Reporting
import TraceModel

@testable import ProcessInspection

/// The entry that libFuzzer calls: what a kernel, or who chooses the names of processes, sockets
/// and files, may make of the answers that an inspection reads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeBufferPointer(start: data, count: size)
  guard let first = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  let tables = SocketTable.all
  let table = tables[Int(first / 4) % tables.count]
  switch first % 4 {
  case 0: answer(bytes, of: table)
  case 1: lines(bytes, of: table)
  case 2: files(bytes)
  default: inspection(bytes)
  }
  return 0
}

private func answer(_ bytes: [UInt8], of table: SocketTable) {
  // As a record of its own: most answers are none.
  _ = try? table.record(NetlinkBytes(bytes))
  try? NetlinkMessage.forEach(in: NetlinkBytes(bytes)) { message throws(NetlinkError) in
    _ = try table.record(message.payload)
    return true
  }
}

private func lines(_ bytes: [UInt8], of table: SocketTable) {
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    _ = SocketRecord(line: Substring(decoding: line, as: UTF8.self), of: table)
  }
}

private func files(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  _ = TaskStatus(stat: bytes)
  _ = DescriptorLimit(limits: text)
  _ = NamedValues.value("Tgid", in: text)
  for isWhole in [true, false] { _ = DescriptorInfo(.init(bytes: bytes, isWhole: isWhole)) }
  _ = DescriptorLink(text)
}

/// Descriptors whose links are the input's lines, in both renderings.
private func inspection(_ bytes: [UInt8]) {
  let texts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    .prefix(64).map { String(decoding: $0, as: UTF8.self) }
  var process = ProcessIdentity(pid: 7, name: texts.first ?? "")
  process.arguments = texts.suffix(3)
  var inspection = Inspection(process: process)
  inspection.descriptors = texts.enumerated().map { fd, link in
    var descriptor = OpenDescriptor(fd: fd, kind: .file, link: link)
    descriptor.sharers = [Holder(pid: fd, name: link, fds: [fd])]
    return descriptor
  }
  _ = InspectionTextRenderer(listsAll: true).render(inspection)
  InspectionJSONRenderer().render(inspection) { _ in true }
}
