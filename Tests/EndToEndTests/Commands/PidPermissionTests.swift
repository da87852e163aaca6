import Foundation
import Testing

/// What only root can set up: processes of others, and in other namespaces.
@Suite("fdtrack pid, where it may not see all", .enabled(if: getuid() == 0))
struct PidPermissionTests {
  private static let nobody = [
    "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
  ]

  @Test("Of a process of somebody else the number is told, and why no more is")
  func otherUser() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let count = try #require(try inspect(held.pid).count)
      // Where the project stands may not be for everybody.
      let program = folder + "/fdtrack"
      try copyProgram(Project.runner, to: program)
      #expect(chmod(folder, 0o755) == 0 && chmod(program, 0o755) == 0)

      let outcome = try run(Self.nobody + [program, "pid", "\(held.pid)", "--json"])
      #expect(outcome.status == .exit(1))
      #expect(outcome.errors.isEmpty)
      let report = try Inspected(json: outcome.output)
      #expect(report.fds == nil)
      // Told by Linux 6.2 and later.
      #expect(report.count == nil || report.count == count)
      #expect(report.unseen.map(\.kind) == ["descriptors"])
      #expect(report.unseen.map(\.errno) == [EACCES])

      let own = try Launched(Self.nobody + ["/bin/sleep", "1000"])
      try waitUntilRuns("sleep", pid: own.pid)
      let others = try run(Self.nobody + [program, "pid", "\(own.pid)", "--json"])
      #expect(others.status == .exit(0))
      #expect(try Inspected(json: others.output).unseen.map(\.kind) == ["holders"])
    }
  }

  /// Root of a user namespace, whose powers end there.
  private static let powerless = ["/usr/bin/unshare", "--user", "--map-root-user"]

  @Test(
    "Root that may not look at all is told what it is without",
    arguments: [
      (["/usr/bin/setpriv", "--bounding-set=-sys_ptrace"], "root is without CAP_SYS_PTRACE here"),
      (powerless, "is of another user namespace"),
    ])
  func refusedRoot(way: [String], words: String) throws {
    guard try run(way + ["/bin/true"]).status == .exit(0) else { return }
    let other = try Launched(Self.nobody + ["/bin/sleep", "1000"])
    try waitUntilRuns("sleep", pid: other.pid)
    let outcome = try run(way + [Project.runner, "pid", "\(other.pid)", "--json"])
    #expect(outcome.status == .exit(1))
    let unseen = try Inspected(json: outcome.output).unseen
    #expect(unseen.map(\.kind) == ["descriptors"])
    #expect(unseen.first?.text.contains(words) == true, "\(unseen)")
    #expect(unseen.first?.text.contains("to root") == false)

    // In its own namespace the mappings may be shown though the fds are not.
    guard way == Self.powerless else { return }
    let watched = try run(way + [Project.runner, "watch", "\(other.pid)"])
    #expect(watched.status == .exit(2))
    #expect(watched.errors.contains("root, too, takes CAP_SYS_PTRACE in its user namespace"))
  }

  @Test(
    "A process that /proc does not show is told from one that is not there", .enabled(if: canMount))
  func hidden() throws {
    try withScratch { folder in
      let held = try Holdings("stale")
      let program = folder + "/fdtrack"
      try copyProgram(Project.runner, to: program)
      #expect(chmod(folder, 0o755) == 0 && chmod(program, 0o755) == 0)
      let command =
        Self.hiding
        + " && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" pid \"$1\""
      let outcome = try run(
        ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", command, program, "\(held.pid)"])
      #expect(outcome.status == .exit(3))
      #expect(
        outcome.errors.contains("process \(held.pid) is hidden: /proc is mounted with hidepid"))
    }
  }

  private static let hiding = "mount -t proc -o hidepid=2 proc /proc"
  private static let canMount =
    (try? run(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", hiding]).status) == .exit(0)

  @Test(
    "A listener in another network namespace is asked there, or its table is read",
    .enabled(if: canUnshare))
  func otherNetwork() throws {
    let held = try Holdings("worker", wrapper: ["/usr/bin/unshare", "--net"])
    let listener = try held.number("listener")
    let address = "127.0.0.1:\(try held.number("port"))"
    let asked = try inspect(held.pid)
    #expect(asked.process.otherNetworkNamespace)
    #expect(!asked.unseen.contains { $0.kind == "other_network" })
    #expect(try asked.descriptor(listener).socket?.local == address)
    #expect(try asked.descriptor(listener).socket?.backlogLimit == 7)

    let powerless = ["/usr/bin/setpriv", "--bounding-set=-sys_admin"]
    let outcome = try run(powerless + [Project.runner, "pid", "\(held.pid)", "--json"])
    #expect(outcome.status == .exit(0))
    let read = try Inspected(json: outcome.output)
    #expect(read.unseen.contains { $0.kind == "other_network" && $0.errno == EPERM })
    let descriptor = try read.descriptor(listener)
    #expect(descriptor.state == "LISTEN")
    #expect(descriptor.socket?.local == address)
    #expect(descriptor.socket?.backlogWaiting == 0)
    #expect(descriptor.socket?.backlogLimit == nil)
    #expect(try read.finding("shared_listeners").fds == [listener])
  }

  private static let canUnshare =
    (try? run(["/usr/bin/unshare", "--net", "/bin/true"]).status) == .exit(0)

  /// Waits until a wrapper has become the program that it starts.
  private func waitUntilRuns(_ name: String, pid: pid_t) throws {
    try wait(or: "\(pid) is no \(name)") { proc("\(pid)/comm") == name + "\n" }
  }
}
