import Glibc
import Symbolication
import SystemPackage
import Testing

@testable import CommandLineTools

@Suite("A perf map that is read as it grows") struct CodeMapFileTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path.appending("perf-7.map")
  }

  private func write(_ text: String) throws { _ = try folder.write("perf-7.map", text) }

  private func append(_ text: String) throws {
    let file = try FileDescriptor.open(path, .writeOnly, options: [.append, .closeOnExec])
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
  }

  /// - Returns: the bytes that were read.
  @discardableResult
  private func read(
    _ map: inout CodeMapFile, _ addresses: UInt64..., room: Int = 1 << 20
  ) throws -> Int {
    let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    var left = room
    try file.closeAfter {
      map.read(file.rawValue, path: path.string, for: Set(addresses), &left)
    }
    return room - left
  }

  private func name(_ map: CodeMapFile, _ address: UInt64) -> String? {
    guard case .function(let frame)? = map.entry(at: address) else { return nil }
    return frame.function
  }

  @Test("What was read is not read again, but for addresses that are asked for later")
  func grows() throws {
    var map = CodeMapFile()
    try write("10 10 first\n20 10 sec")
    #expect(try read(&map, 0x18, 0x28) == 21)
    #expect(name(map, 0x18) == "first" && name(map, 0x28) == nil)
    #expect(try read(&map, 0x18, 0x28) == 0)
    try append("ond\n30 10 third\n")
    #expect(try read(&map, 0x18, 0x28) == 16)
    #expect(name(map, 0x28) == "second" && name(map, 0x38) == nil && !map.isRead(for: 0x38))
    #expect(try read(&map, 0x18, 0x28, 0x38) == 37)
    #expect(name(map, 0x38) == "third" && name(map, 0x18) == "first")
    try append("10 8 other\n30 10 third\n")
    #expect(try read(&map, 0x11, 0x18, 0x38) == 23 + 60)
    #expect(map.entry(at: 0x11) == .several && name(map, 0x18) == "first")
    #expect(name(map, 0x38) == "third" && map.bytesRead == 21 + 16 + 37 + 23 + 60)
  }

  @Test("Before a map was read to its end nothing of it is known, however long that takes")
  func bounded() throws {
    var map = CodeMapFile()
    try write("10 10 one\n10 10 two\n20 10 three\n")
    #expect(try read(&map, 0x10, 0x20, room: 12) == 12)
    #expect(name(map, 0x10) == nil && !map.isRead)
    #expect(try read(&map, 0x10, 0x20, room: 12) == 12)
    #expect(try read(&map, 0x10, 0x20, room: 12) == 8)
    #expect(map.isRead(for: [0x10, 0x20]))
    #expect(map.entry(at: 0x10) == .several && name(map, 0x20) == "three")
    // Catching up takes several looks, too, while the file grows.
    try append("40 10 four\n")
    #expect(try read(&map, 0x10, 0x20, 0x30, 0x40, room: 20) == 20)
    #expect(name(map, 0x20) == "three" && !map.isRead(for: 0x30))
    try append("30 10 five\n")
    for _ in 0..<3 { try read(&map, 0x10, 0x20, 0x30, 0x40, room: 20) }
    #expect(name(map, 0x30) == "five" && name(map, 0x40) == "four")
    #expect(try read(&map, 0x10, 0x20, 0x30, 0x40) == 0)
  }

  @Test("A map that was replaced, cut, or written anew is read from its beginning")
  func anew() throws {
    var map = CodeMapFile()
    try write("10 10 one\n20 10 two\n")
    try read(&map, 0x10, 0x20)
    // Of the same file.
    try write("10 10 three\n20 10 four\n30 10 five\n")
    #expect(try read(&map, 0x10, 0x20) == 34)
    #expect(name(map, 0x10) == "three" && name(map, 0x20) == "four")
    try write("10 10 six\n")
    #expect(try read(&map, 0x10, 0x20) == 10)
    #expect(name(map, 0x10) == "six" && name(map, 0x20) == nil)
    let other = try folder.write("other", "10 10 six\n20 10 seven\n")
    #expect(rename(other.string, path.string) == 0)
    #expect(try read(&map, 0x10, 0x20) == 22)
    #expect(name(map, 0x20) == "seven")
  }

  @Test("An endless map takes its room at each look, and no more")
  func endless() throws {
    try write("")
    try #require(truncate(path.string, 1 << 32) == 0)
    var map = CodeMapFile()
    for _ in 0..<3 { #expect(try read(&map, 0x10, room: 1 << 20) == 1 << 20) }
    #expect(!map.isRead)
  }
}
