import Foundation
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Looking at a process several times")
struct SampleSeriesTests {
  private let proc: FakeProc

  init() throws { proc = try FakeProc() }

  @Test("Growth counts what came and went between the first look and the last")
  func growth() throws {
    try proc.process(50, descriptors: [0: "/dev/null", 1: "socket:[1]"])
    var next = 10
    let inspection = try proc.inspect(50, plan: .init(count: 4, intervalNs: 5)) {
      [proc] _, nanoseconds in
      #expect(nanoseconds == 5)
      try? proc.descriptor(next, of: 50, "anon_inode:[eventfd]")
      if next == 11 { try? proc.descriptor(1, of: 50, "socket:[2]") }
      next += 1
      return .over
    }
    let growth = try #require(inspection.growth)
    #expect(growth.samples.map(\.count) == [2, 3, 4, 5])
    #expect(growth.samples.map(\.atNs) == [0, 1_000_000_000, 2_000_000_000, 3_000_000_000])
    #expect(growth.opened == 4)
    #expect(growth.closed == 1)
    #expect(growth.perHour == 3600)
    #expect(growth.timeNs(to: 1024) == 1_019_000_000_000)
    #expect(growth.changes.map(\.key) == [.init(kind: .eventfd)])
    #expect(inspection.findings == [.growing(group: .init(kind: .eventfd), by: 3)])
  }

  @Test("Its age is that at the last look")
  func age() throws {
    try proc.process(50)
    let once = try #require(try proc.inspect(50).process.ageNs)
    let thrice = try #require(try proc.inspect(50, plan: .init(count: 3)).process.ageNs)
    #expect(thrice >= once + 2_000_000_000)
  }

  @Test("A process that ends between two looks is told with what it had last")
  func endedMeanwhile() throws {
    try proc.process(50, descriptors: [0: "/dev/null"])
    let inspection = try proc.inspect(50, plan: .init(count: 3)) { [proc] _, _ in
      try? proc.remove("50")
      return .over
    }
    #expect(inspection.process.endedMeanwhile)
    #expect(inspection.count == 1)
    #expect(inspection.growth == nil)
  }

  @Test("A process that became a zombie between two looks is not said to have closed all")
  func zombieMeanwhile() throws {
    try proc.process(50, descriptors: [0: "/dev/null"])
    let inspection = try proc.inspect(50, plan: .init(count: 2)) { [proc] _, _ in
      try? proc.close(0, of: 50)
      try? proc.process(50, state: "Z")
      return .over
    }
    #expect(inspection.process.endedMeanwhile)
    #expect(inspection.descriptors?.map(\.fd) == [0])
  }

  @Test("Another process that got the pid meanwhile is not taken for the first")
  func pidIsUsedAgain() throws {
    try proc.process(50, name: "first", descriptors: [0: "/dev/null"])
    let inspection = try proc.inspect(50, plan: .init(count: 2)) { [proc] _, _ in
      try? proc.remove("50")
      try? proc.process(50, name: "second", descriptors: [0: "/dev/null", 1: "/dev/null"])
      return .over
    }
    #expect(inspection.process.endedMeanwhile)
    #expect(inspection.process.name == "first")
    #expect(inspection.count == 1)
  }

  @Test("An interrupted series ends with what was counted so far")
  func interrupted() throws {
    try proc.process(50, descriptors: [0: "/dev/null"])
    var pauses = 0
    let inspection = try proc.inspect(50, plan: .init(count: 9)) { _, _ in
      pauses += 1
      return pauses == 2 ? .interrupted : .over
    }
    #expect(inspection.growth?.samples.count == 2)
    #expect(!inspection.process.endedMeanwhile)
  }
}
