import Foundation
import Testing

private let container = ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"]
private let canUnshare = (try? run(container + ["/bin/true"]).status) == .exit(0)

/// A program that is process 1 of a pid namespace, as in a container, and is looked at from outside.
@Suite("A program in a container", .enabled(if: canUnshare))
struct ContainerTests {
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
