import Foundation
import Testing

private let container = ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"]
private let canUnshare = (try? run(container + ["/bin/true"]).status) == .exit(0)

/// A program that is process 1 of a pid namespace, as in a container, and is looked at from outside.
@Suite("A program in a container", .enabled(if: canUnshare))
struct ContainerTests {
  /// A target with an open file, and its trace.
  private func withTarget(_ body: (_ target: Launched, _ trace: String) throws -> Void) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let variables = shimEnvironment(trace: trace).map { "\($0)=\($1)" }
      let target = try Launched(
        container + ["/usr/bin/env"] + variables + [try Project.fixture("leaks_on_demand")])
      #expect(try target.readLine() == "ready 1")
      try target.write("f 1\n")
      #expect(try target.readLine() == "done")
      try body(target, trace)
    }
  }

  @Test("It is seen to run, though it has another pid there, and not seen when it was killed")
  func report() throws {
    try withTarget { target, trace in
      func text(_ options: String...) throws -> String {
        try run([Project.reporter, trace] + options).output
      }
      #expect(try text().contains("Still running: this is the state so far."))
      let running = "fdtrack_process_running{trace=\"\(trace)\",process=\"1\",pid=\"1\""
      #expect(
        try text("--format", "openmetrics").contains("\(running),program=\"leaks_on_demand\"} 1\n"))

      // The first of a namespace heeds no other signal from within the group.
      #expect(kill(-target.pid, SIGKILL) == 0)
      _ = try target.wait()
      try wait(or: "it still runs") { try !text().contains("Still running") }
      #expect(
        try text().replacing(/\s+/, with: " ").contains(
          "No end was recorded of pid 1 (leaks_on_demand), and it is not seen from here: it may"
            + " have ended."))
      #expect(try text().contains("open when last written"))
      #expect(try !text("--format", "openmetrics").contains(running))
    }
  }

  @Test("Its functions have names while it runs, though its program's file is there alone")
  func names() throws {
    try withScratch { folder in
      let (trace, program) = (folder + "/trace.bin", folder + "/there/program")
      let mount =
        "mkdir there && mount -t tmpfs none there && cp $0 there/program && exec \"$@\""
      let target = try Launched(
        ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount]
          + [try Project.fixture("leaks_on_demand"), "/usr/bin/env"]
          + shimEnvironment(trace: trace).map { "\($0)=\($1)" } + [program], folder: folder)
      _ = try target.readLine(after: "ready ")
      try target.write("f 40\n")
      #expect(try target.readLine() == "done")
      #expect(!FileManager.default.fileExists(atPath: program))
      #expect(
        try run([Project.reporter, trace]).output.contains("in leak_file at leaks_on_demand.c"))
      let watched = try run([Project.runner, "watch", trace, "--count", "1"]).output
      #expect(watched.contains("leak_file"))
      target.closeInput()
      #expect(try target.wait().status == .exit(0))
      // Nobody has the file any more.
      #expect(try run([Project.reporter, trace]).output.contains("\(program), which is not on"))
    }
  }

  @Test("A pid is watched whose trace's file system was unmounted meanwhile")
  func unmounted() throws {
    try withScratch { folder in
      let mount = "mount -t tmpfs none \(folder) && exec \"$0\" \"$@\""
      let target = try Launched(
        ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount, "/usr/bin/env"]
          + shimEnvironment(trace: folder + "/trace.bin").map { "\($0)=\($1)" }
          + [try Project.fixture("leaks_on_demand")])
      _ = try target.readLine(after: "ready ")
      try shell("nsenter --mount --target \(target.pid) umount --lazy \(folder)")
      let outcome = try run([Project.runner, "watch", "\(target.pid)", "--count", "1"])
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty)
      #expect(outcome.output.contains("(pid \(target.pid)): "))
      #expect(!outcome.output.contains("it may have ended"))
    }
  }
}
