import Foundation

/// A postgres of its own, in a folder, with its socket there and nowhere else. It
/// refuses to run as root: then it runs as a user who may do nothing.
struct Postgres {
  private static let user = "nobody"
  private let folder: String
  private let programs: String

  /// Makes a database cluster in `folder`, which then belongs to the user of the server.
  init(in folder: String) throws {
    self.folder = folder
    let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")
    guard let newest = versions.max(by: { (Int($0) ?? 0) < (Int($1) ?? 0) }) else {
      throw TestFailure("no postgres")
    }
    programs = "/usr/lib/postgresql/\(newest)/bin"
    // Where the project is built may be closed to others.
    try FileManager.default.copyItem(atPath: Project.shim, toPath: folder + "/libfdtrack.so")
    if getuid() == 0 {
      let owner = try EndToEndTests.run(["/usr/bin/chown", "-R", Self.user, folder])
      guard owner.status == .exit(0) else { throw TestFailure("chown: \(owner.errors)") }
    }
    let made = try EndToEndTests.run(
      command("initdb", ["-D", folder + "/data", "-N", "-A", "trust", "-U", "bench"]),
      folder: folder)
    guard made.status == .exit(0) else { throw TestFailure("initdb: \(made.errors)") }
  }

  private func command(
    _ program: String, _ arguments: [String], environment: [String] = []
  ) -> [String] {
    // env(1), so that setpriv(1) is not traced.
    let plain = ["/usr/bin/env"] + environment + [programs + "/" + program] + arguments
    guard getuid() == 0 else { return plain }
    return ["/usr/bin/setpriv", "--reuid", Self.user, "--regid", "nogroup", "--clear-groups"]
      + plain
  }

  /// Starts the server under the shim and waits until it takes connections.
  func start(trace: String) throws -> Launched {
    let server = try Launched(
      command(
        "postgres",
        ["-D", folder + "/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        environment: ["LD_PRELOAD=\(folder)/libfdtrack.so", "FDTRACK_OUT=\(trace)"]),
      folder: folder)
    try wait(or: "postgres does not start") {
      server.collect()
      return try run("pg_isready", ["-h", folder]).status == .exit(0)
    }
    return server
  }

  func pgbench(_ arguments: [String]) throws {
    let outcome = try run("pgbench", ["-h", folder, "-U", "bench"] + arguments + ["postgres"])
    guard outcome.status == .exit(0), !outcome.errors.contains("error") else {
      throw TestFailure("pgbench: \(outcome.errors)")
    }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> Outcome {
    try EndToEndTests.run(command(program, arguments), folder: folder)
  }
}
