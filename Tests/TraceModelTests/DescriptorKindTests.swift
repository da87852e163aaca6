import FDTrackFormat
import Foundation
import Testing

@testable import TraceModel

@Suite("Kinds of descriptors")
struct DescriptorKindTests {
  private let all = (0..<FDT_KIND_COUNT.rawValue).map(DescriptorKind.init(rawValue:))

  @Test("Each has a name of its own")
  func names() {
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(DescriptorKind(rawValue: FDT_KIND_COUNT.rawValue) == .unknown)
  }

  @Test("The numbers in older traces keep their meaning")
  func numbers() {
    #expect(DescriptorKind.pty.rawValue == 15 && DescriptorKind.other.rawValue == 16)
    #expect(DescriptorKind.messageQueue.rawValue == 17)
    #expect(DescriptorKind.syncFile.rawValue == 27)
  }

  @Test("docs/json.md lists just these")
  func documented() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("docs/json.md"), encoding: .utf8)
    let lines = text.split(separator: "\n").filter { $0.contains("what the kernel made: ") }
    let line = try #require(lines.count == 1 ? lines.first : nil)
    let listed = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }.dropFirst()
    #expect(listed.sorted() == all.map(\.name).sorted())
  }
}
