import Foundation
import Testing

/// Servers from Debian's packages under load, which do nothing wrong. What a report
/// accuses them of is wrong, and what a trace of them lacks is missing.
@Suite("Servers under load")
struct ServerLoadTests {
  private func expectInnocent(
    _ report: Report, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let leaks = report.sites(of: "leak").map { "\($0.api) \($0.live) \($0.functions)" }
    #expect(leaks.isEmpty, sourceLocation: sourceLocation)
    #expect(report.lost.isEmpty, "\(report.lost)", sourceLocation: sourceLocation)
    let coverage = report.trace.coverage
    #expect(
      coverage.unseen == 0 && coverage.vanished == 0, "\(coverage)",
      sourceLocation: sourceLocation)
  }

  private func runTracked(_ command: [String], in folder: String) throws -> Launched {
    try Launched(
      [Project.runner, "run", "-o", folder + "/trace.bin", "--"] + command, folder: folder)
  }

  /// The good answers that so many clients get for so many requests each.
  private func load(port: Int, clients: Int, requests: Int) throws -> Int? {
    let outcome = try run([
      "/usr/bin/python3", "-I", Project.root + "/Tests/Fixtures/http_load.py", "\(port)",
      "/page.html", "\(clients)", "\(requests)",
    ])
    #expect(outcome.status == .exit(0), "\(outcome.errors)")
    return Int(outcome.output.dropLast())
  }

  @Test("redis under redis-benchmark, with and without kept connections")
  func redis() throws {
    try withScratch { folder in
      try withPort { port in
        let server = try runTracked(
          [
            "/usr/bin/redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder,
            "--save", "", "--appendonly", "yes",
          ], in: folder)
        try waitUntilServed(port: port)
        let benchmark = ["/usr/bin/redis-benchmark", "-h", "127.0.0.1", "-p", "\(port)", "-q"]
        let loads = [
          ["-c", "40", "-n", "20000", "-t", "ping,set,get,lpush"],
          ["-c", "20", "-n", "3000", "-k", "0", "-t", "ping,set"],
        ]
        for load in loads {
          let outcome = try run(benchmark + load)
          #expect(outcome.status == .exit(0), "\(outcome.errors)")
        }
        let client = ["/usr/bin/redis-cli", "-h", "127.0.0.1", "-p", "\(port)"]
        #expect(try run(client + ["BGREWRITEAOF"]).output.contains("started"))
        #expect(try run(client + ["PING"]).output == "PONG\n")
        _ = try run(client + ["SHUTDOWN"])
        #expect(try server.wait().status == .exit(0))

        let report = try report(on: folder + "/trace.bin", ["--all"])
        expectInnocent(report)
        let accepted = report.sites.filter { $0.api.hasPrefix("accept") }
        #expect(accepted.reduce(0) { $0 + $1.opened } > 6000)
      }
    }
  }

  @Test("nginx under many connections, reloaded three times meanwhile")
  func nginx() throws {
    try withScratch { folder in
      try makePage(in: folder)
      try withPort { port in
        let nginx = try Nginx(
          in: folder, port: port, connections: 256,
          options: "open_file_cache max=16 inactive=1s;", listening: "reuseport"
        ).command
        let server = try runTracked(nginx, in: folder)
        try waitUntilServed(port: port)
        for _ in 0..<3 {
          #expect(try load(port: port, clients: 12, requests: 40) == 480)
          #expect(try run(nginx + ["-s", "reload"]).status == .exit(0))
        }
        #expect(try load(port: port, clients: 12, requests: 40) == 480)
        #expect(try run(nginx + ["-s", "quit"]).status == .exit(0))
        #expect(try server.wait().status == .exit(0))

        let report = try report(on: folder + "/trace.bin", ["--all"])
        expectInnocent(report)
        // Two workers of each of four generations.
        #expect(report.processes.count { $0.parent == report.processes[0].id } == 8)
      }
    }
  }

  @Test("python's http.server under load")
  func python() throws {
    try withScratch { folder in
      try makePage(in: folder)
      try withPort { port in
        let server = try runTracked(
          [
            "/usr/bin/python3", "-m", "http.server", "\(port)", "--bind", "127.0.0.1",
            "--directory", folder + "/www",
          ], in: folder)
        try waitUntilServed(port: port)
        #expect(try load(port: port, clients: 8, requests: 40) == 320)
        server.send(SIGINT)
        #expect(try server.wait().status == .exit(0))

        let report = try report(on: folder + "/trace.bin", ["--all"])
        expectInnocent(report)
        let accepted = report.sites.filter { $0.api.hasPrefix("accept") }
        #expect(accepted.reduce(0) { $0 + $1.opened } > 320)
      }
    }
  }

  @Test("postgres under pgbench, with a connection for each transaction")
  func postgres() throws {
    try withScratch { folder in
      let database = try Postgres(in: folder)
      let server = try database.start(trace: folder + "/trace.bin")
      try database.pgbench(["-i", "-q", "-s", "1"])
      try database.pgbench(["-C", "-c", "4", "-j", "2", "-t", "50"])
      try database.pgbench(["-c", "4", "-j", "2", "-t", "500"])
      server.send(SIGINT)
      let outcome = try server.wait()
      #expect(outcome.status == .exit(0), "\(outcome.errors)")

      let report = try report(on: folder + "/trace.bin", ["--all"])
      expectInnocent(report)
      #expect(report.processes.count > 20)
    }
  }
}
