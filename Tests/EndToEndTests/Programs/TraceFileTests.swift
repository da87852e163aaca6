import Foundation
import Testing

@Suite("The trace file")
struct TraceFileTests {
  private func files(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func runTracked(_ folder: String, _ environment: [String: String]) throws -> Outcome {
    try run(
      [try Project.fixture("manners"), "leak"],
      environment: ["LD_PRELOAD": Project.shim].merging(environment) { $1 }, folder: folder)
  }

  @Test("It is trace.bin in the current folder, readable by its owner alone")
  func place() throws {
    try withScratch { folder in
      #expect(try runTracked(folder, [:]).status == .exit(0))
      #expect(try files(in: folder) == ["trace.bin"])
      var status = stat()
      try #require(stat(folder + "/trace.bin", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
      #expect(try report(on: folder + "/trace.bin").sites.count == 1)
    }
  }

  @Test("A second run keeps the first one's trace as .old")
  func rotation() throws {
    try withScratch { folder in
      _ = try runTracked(folder, [:])
      let first = try report(on: folder + "/trace.bin").processes[0].pid
      _ = try runTracked(folder, [:])
      #expect(try files(in: folder) == ["trace.bin", "trace.bin.old"])
      #expect(try report(on: folder + "/trace.bin.old").processes[0].pid == first)
      #expect(try report(on: folder + "/trace.bin").processes[0].pid != first)
    }
  }

  @Test("FDTRACK_OUT knows the pid, the program and the host")
  func pattern() throws {
    try withScratch { folder in
      _ = try runTracked(folder, ["FDTRACK_OUT": folder + "/%e-%p-%h-%t.bin"])
      let name = try #require(try files(in: folder).first)
      let pid = try report(on: folder + "/" + name).processes[0].pid
      let host = ProcessInfo.processInfo.hostName.split(separator: ".")[0]
      #expect(name.hasPrefix("manners-\(pid)-\(host)"), "\(name)")
      #expect(!name.contains("%"))
    }
  }

  @Test("FDTRACK_SIZE decides its size")
  func size() throws {
    try withScratch { folder in
      _ = try runTracked(folder, ["FDTRACK_SIZE": "4M"])
      let small = try read(folder + "/trace.bin").count
      #expect(small <= 4 << 20)
      #expect(try report(on: folder + "/trace.bin").sites.map(\.live) == [10])
    }
  }

  @Test("Where no trace can be written, the program runs as ever, with one line on stderr")
  func refused() throws {
    try withScratch { folder in
      let outcome = try runTracked(folder, ["FDTRACK_OUT": "/nonexistent/trace.bin"])
      #expect(outcome.status == .exit(0))
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(try files(in: folder).isEmpty)
    }
  }

  @Test("A relative path in a folder that is gone is no path below the root")
  func noFolder() throws {
    try withScratch { folder in
      let name = "of-a-folder-that-is-gone-\(getpid()).bin"
      let outcome = try run(
        [
          "/bin/sh", "-c",
          "mkdir gone; cd gone; rmdir ../gone; LD_PRELOAD=$0 FDTRACK_OUT=$1 /bin/true",
          Project.shim, name,
        ], folder: folder)
      #expect(outcome.status == .exit(0))
      #expect(outcome.errors.contains("no trace: cannot create \(name): no such directory"))
      #expect(!FileManager.default.fileExists(atPath: "/" + name))
    }
  }

  @Test("The program is born with the descriptors that it would have without the shim")
  func descriptors() throws {
    try withScratch { folder in
      let outcome = try run(
        [try Project.fixture("manners"), "fds"],
        environment: shimEnvironment(trace: folder + "/trace.bin"))
      #expect(outcome.output == "0\n1\n2\n")
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test("FDTRACK_SIGNAL makes a program compare with the kernel, and lets it go on")
  func signal() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let environment = shimEnvironment(trace: trace).merging(["FDTRACK_SIGNAL": "USR1"]) { $1 }
      let program = try Launched(
        [try Project.fixture("manners"), "wait"], environment: environment, folder: folder)
      #expect(try program.readLine() == "ready")
      // Of a copy, which the program does not map, a report cannot ask the kernel itself.
      func isCompared() throws -> Bool {
        let copy = folder + "/copy.bin"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: trace, toPath: copy)
        return try !run([Project.reporter, copy]).output.contains("Not compared")
      }
      #expect(try !isCompared())
      program.send(SIGUSR1)
      try wait(or: "no snapshot was taken", until: isCompared)
      program.send(SIGTERM)
      #expect(try program.wait().status == .exit(42))
    }
  }
}
