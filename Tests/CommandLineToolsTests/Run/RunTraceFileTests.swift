import FDTrackFormat
import Glibc
import SystemPackage
import Testing

@testable import CommandLineTools

@Suite struct RunTraceFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "The end of a killed process is written into its latest record, and nothing else changes",
    arguments: [
      (RunEnd.killed(signal: 9), FDT_END_SIGNAL, 9), (.exited(status: 7), FDT_END_EXIT, 7),
    ] as [(RunEnd, fdt_end, Int32)])
  func recordsEnd(end: RunEnd, kind: fdt_end, code: Int32) throws {
    let sample = SampleTrace(processes: [
      SampleTrace.process(50, end: FDT_END_EXEC), SampleTrace.process(51),
      SampleTrace.process(50),
    ])
    let path = try folder.write("t.bin", sample.bytes)
    #expect(record(end, of: 50, in: path))

    let after = try folder.read(path)
    let written = SampleTrace.process(at: 2, of: after)
    #expect(written.end_kind == kind.rawValue)
    #expect(written.end_code == code)
    var expected = sample
    expected.processes[2] = SampleTrace.process(50, end: kind, code: code)
    expected.processes[2].flags = FDT_PROCESS_END_TOLD.rawValue
    let isExpected = after == expected.bytes
    #expect(isExpected)
  }

  @Test("The moment of an end is written by the trace's clock, where the recorder tells none")
  func recordsMoment() throws {
    var ending = SampleTrace.process(51)
    ending.end_ticks = 6000
    var sample = SampleTrace(processes: [SampleTrace.process(50), ending])
    sample.startNs = 5000
    let path = try folder.write("t.bin", sample.bytes)
    #expect(record(.killed(signal: 9), of: 50, in: path, atNs: 9000))
    #expect(record(.killed(signal: 9), of: 51, in: path, atNs: 9000))
    let after = try folder.read(path)
    #expect(SampleTrace.process(at: 0, of: after).end_ticks == 9000)
    #expect(SampleTrace.process(at: 1, of: after).end_ticks == 6000)
  }

  @Test("An end that is told from outside says that it is, beside what the record said before")
  func told() throws {
    let sample = SampleTrace(processes: [process(50, FDT_PROCESS_ATTACHED, FDT_PROCESS_SNAPSHOT)])
    let path = try folder.write("t.bin", sample.bytes)
    #expect(record(.exited(status: 3), of: 50, in: path))
    let after = SampleTrace.process(at: 0, of: try folder.read(path))
    let flags = [FDT_PROCESS_ATTACHED, FDT_PROCESS_SNAPSHOT, FDT_PROCESS_END_TOLD]
    #expect(after.end_code == 3 && after.flags == flags.reduce(0) { $0 | $1.rawValue })
  }

  @Test(
    "An end that the recorder saw stays as it is",
    arguments: [FDT_END_EXIT, FDT_END_SIGNAL, FDT_END_EXEC])
  func keepsEnd(kind: fdt_end) throws {
    let sample = SampleTrace(processes: [SampleTrace.process(50, end: kind, code: 1)])
    let path = try folder.write("t.bin", sample.bytes)
    #expect(record(.killed(signal: 9), of: 50, in: path))
    #expect(try folder.read(path) == sample.bytes)
  }

  @Test("A record that was not published, or of another process, is left alone")
  func noRecord() throws {
    let sample = SampleTrace(processes: [
      SampleTrace.process(50, state: FDT_RECORD_BUSY), SampleTrace.process(51),
    ])
    let path = try folder.write("t.bin", sample.bytes)
    #expect(!record(.killed(signal: 9), of: 50, in: path))
    #expect(try folder.read(path) == sample.bytes)
  }

  @Test("The processes that may still write are those without an end")
  func openEnded() throws {
    let sample = SampleTrace(processes: [
      SampleTrace.process(5), SampleTrace.process(6, end: FDT_END_EXIT), SampleTrace.process(7),
      SampleTrace.process(0),
    ])
    let path = try folder.write("t.bin", sample.bytes)
    #expect(openEnded(path) == [5, 7])
  }

  @Test("Programs that are about to start are known, and records that are being made")
  func underWay() throws {
    let attached = FDT_PROCESS_ATTACHED
    let pending = FDT_PROCESS_EXEC_PENDING
    var sample = SampleTrace(processes: [
      process(5, attached, pending), process(6, attached, pending, end: FDT_END_EXIT),
      process(7, how: FDT_HOW_SPAWN), process(8, how: FDT_HOW_SPAWN, attached),
      // It is there by now.
      process(9, attached, pending), process(9, how: FDT_HOW_EXEC, attached),
    ])
    func underWay(_ name: String) throws -> (Set<pid_t>, Bool) {
      let path = try folder.write(name, sample.bytes)
      guard let file = RunTraceFile(path: path) else { return ([], false) }
      return file.underWay()
    }
    let published = try underWay("published.bin")
    #expect(published.0 == [5, 7] && !published.1)
    sample.processes.append(SampleTrace.process(10, state: FDT_RECORD_BUSY))
    let busy = try underWay("busy.bin")
    #expect(busy.0 == [5, 7] && busy.1)
  }

  @Test("Whether the trace tells of a process to its end is that of its latest program")
  func gap() throws {
    let attached = FDT_PROCESS_ATTACHED
    let pending = FDT_PROCESS_EXEC_PENDING
    let sample = SampleTrace(processes: [
      process(5, how: FDT_HOW_SPAWN, end: FDT_END_EXIT), process(6, attached, pending),
      process(7, attached, pending, end: FDT_END_EXEC), process(7, how: FDT_HOW_EXEC, attached),
      process(8, how: FDT_HOW_SPAWN, attached),
      process(10, attached, FDT_PROCESS_DIRECT_CALLS, end: FDT_END_EXIT),
      process(11, attached, FDT_PROCESS_DIRECT_CALLS, FDT_PROCESS_SNAPSHOT, end: FDT_END_EXIT),
      process(12, attached, FDT_PROCESS_DIRECT_CALLS), process(12, how: FDT_HOW_EXEC, attached),
      process(
        13, attached, FDT_PROCESS_DIRECT_CALLS, FDT_PROCESS_SNAPSHOT, FDT_PROCESS_END_TOLD,
        end: FDT_END_EXIT),
    ])
    let path = try folder.write("t.bin", sample.bytes)
    #expect((5...9).map { gap(of: $0, in: path) } == [.all, .sinceExec, nil, nil, nil])
    #expect((10...13).map { gap(of: $0, in: path) } == [.directCalls, nil, nil, .directCalls])
  }

  @Test("What is not a trace of this version is not opened")
  func refuses() throws {
    let good = SampleTrace(processes: [SampleTrace.process(5)])
    var future = good
    future.version += 1
    var badMagic = good.bytes
    badMagic[7] = 1
    for (index, content) in [[], Array(good.bytes.prefix(100)), future.bytes, badMagic].enumerated()
    {
      #expect(openEnded(try folder.write("\(index).bin", content)) == nil)
    }
    #expect(openEnded(folder.path) == nil)
    #expect(openEnded("/dev/null") == nil)
  }

  @Test("A table that runs out of the file is read as far as it goes")
  func lyingTable() throws {
    var sample = SampleTrace(processes: [SampleTrace.process(5)])
    sample.claimedCount = .max
    #expect(openEnded(try folder.write("count.bin", sample.bytes)) == [5])
    sample.claimedOffset = .max
    #expect(openEnded(try folder.write("offset.bin", sample.bytes)) == nil)
    sample.claimedOffset = UInt64(sample.bytes.count - 8)
    #expect(openEnded(try folder.write("end.bin", sample.bytes)) == [])
  }

  // MARK: Helpers

  private func process(
    _ pid: Int32, how: fdt_how = FDT_HOW_FORK, _ flags: fdt_process_flag...,
    end: fdt_end = FDT_END_NONE
  ) -> fdt_process {
    var process = SampleTrace.process(pid, end: end)
    process.how = how.rawValue
    process.flags = flags.reduce(0) { $0 | $1.rawValue }
    return process
  }

  private func gap(of pid: pid_t, in path: FilePath) -> RunTraceFile.Gap? {
    guard let file = RunTraceFile(path: path) else { return nil }
    return file.gap(of: pid)
  }

  private func record(
    _ end: RunEnd, of pid: pid_t, in path: FilePath, atNs now: UInt64 = 0
  ) -> Bool {
    guard let file = RunTraceFile(path: path, writable: true) else { return false }
    return file.record(end, of: pid, atMonotonicNs: now)
  }

  private func openEnded(_ path: FilePath) -> Set<pid_t>? {
    guard let file = RunTraceFile(path: path) else { return nil }
    return file.openEnded()
  }
}
