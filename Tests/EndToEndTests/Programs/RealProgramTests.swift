import Foundation
import Testing

/// Programs from Debian's packages, each on a port and in a folder of its own.
/// What they do for their clients is compared with a run without the shim.
@Suite("Real programs")
struct RealProgramTests {
  /// `fdtrack run` in front of a command, or the command alone.
  private func command(_ arguments: [String], trace: String?) -> [String] {
    guard let trace else { return arguments }
    return [Project.runner, "run", "-o", trace, "--"] + arguments
  }

  private func expectSane(_ report: Report, sourceLocation: SourceLocation = #_sourceLocation) {
    let leaks = report.sites(of: "leak")
    #expect(leaks.isEmpty, "\(leaks.map(\.functions))", sourceLocation: sourceLocation)
    #expect(report.lost.isEmpty, "\(report.lost)", sourceLocation: sourceLocation)
  }

  // MARK: redis

  private func driveRedis(in folder: String, trace: String?) throws -> [String] {
    return try withPort { port in
      let server = try Launched(
        command(
          [
            "/usr/bin/redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder,
            "--save", "", "--appendonly", "no", "--daemonize", "no",
          ], trace: trace), folder: folder)
      try waitUntilServed(port: port)

      func ask(_ words: String...) throws -> String {
        try run(["/usr/bin/redis-cli", "-h", "127.0.0.1", "-p", "\(port)"] + words).output
      }
      var answers = [
        try ask("PING"), try ask("SET", "key", "value"), try ask("GET", "key"),
        try ask("EVAL", "return redis.call('INCRBY', 'counter', 41)", "0"),
        try ask("BGSAVE"),
      ]
      try wait(or: "redis does not save") {
        try ask("INFO", "persistence").contains("rdb_bgsave_in_progress:0")
      }
      answers.append(try ask("DBSIZE"))
      _ = try ask("SHUTDOWN", "NOSAVE")
      #expect(try server.wait().status == .exit(0))
      return answers
    }
  }

  @Test("redis-server answers as without the shim, and its saving child is in the tree")
  func redis() throws {
    try withScratch { folder in
      let plain = try withScratch { try driveRedis(in: $0, trace: nil) }
      #expect(plain[0] == "PONG\n")
      #expect(try driveRedis(in: folder, trace: folder + "/trace.bin") == plain)

      let report = try report(on: folder + "/trace.bin")
      expectSane(report)
      let server = report.processes[0]
      #expect(server.argv.first?.contains("redis-server") == true)
      #expect(server.how == "start")
      #expect(server.end == Report.End(kind: "exit", code: 0))
      let children = report.processes.filter { $0.parent == server.id }
      #expect(!children.isEmpty)
      #expect(children.allSatisfy { $0.how == "fork" && $0.end.kind == "exit" && $0.end.code == 0 })
    }
  }

  // MARK: nginx

  private func driveNginx(in folder: String, trace: String?) throws -> [String] {
    try makePage(in: folder)
    return try withPort { port in
      let nginx = try Nginx(in: folder, port: port, connections: 64).command
      let server = try Launched(command(nginx, trace: trace), folder: folder)
      try waitUntilServed(port: port)
      let bodies = try (0..<20).map { number in
        let path = number % 4 == 3 ? "/missing.html" : "/page.html"
        let answer = try exchange("GET \(path) HTTP/1.0\r\n\r\n", port: port)
        return answer.split(separator: "\r\n").filter { !$0.hasPrefix("Date:") }
          .filter { !$0.hasPrefix("Last-Modified:") && !$0.hasPrefix("ETag:") }
          .joined(separator: "\n")
      }
      #expect(try run(nginx + ["-s", "quit"]).status == .exit(0))
      #expect(try server.wait().status == .exit(0))
      return bodies
    }
  }

  @Test("nginx serves as without the shim, and its workers are its forked children")
  func nginx() throws {
    try withScratch { folder in
      let plain = try withScratch { try driveNginx(in: $0, trace: nil) }
      #expect(plain[0].contains("200 OK") && plain[3].contains("404 Not Found"))
      #expect(try driveNginx(in: folder, trace: folder + "/trace.bin") == plain)

      let report = try report(on: folder + "/trace.bin")
      expectSane(report)
      let master = report.processes[0]
      #expect(master.exe?.hasSuffix("/nginx") == true)
      #expect(master.end == Report.End(kind: "exit", code: 0))
      let workers = report.processes.filter { $0.parent == master.id }
      #expect(workers.map(\.how) == ["fork", "fork"])
      #expect(workers.allSatisfy { $0.end == Report.End(kind: "exit", code: 0) })
    }
  }

  @Test("What nginx tells the program that it upgrades to is passed on by design")
  func nginxUpgrade() throws {
    try withScratch { folder in
      try makePage(in: folder)
      try withPort { port in
        let nginx = try Nginx(in: folder, port: port, connections: 64).command
        // It upgrades only after whoever started it has ended.
        let shell = try Launched(
          ["/bin/sh", "-c", "\"$@\" & read end", "sh"] + nginx,
          environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
        try waitUntilServed(port: port)
        let path = folder + "/nginx.pid"
        let pid = { (try? String(contentsOfFile: path, encoding: .utf8)).flatMap(Self.number) }
        // It listens before it writes down who it is.
        try wait(or: "no first nginx") { pid() != nil }
        let old = try #require(pid())
        shell.closeInput()
        _ = try shell.wait()
        kill(old, SIGUSR2)
        try wait(or: "no second nginx") { pid() != nil && pid() != old }

        let report = try report(on: folder + "/trace.bin")
        let listeners = report.inheritance.filter { $0.local == "127.0.0.1:\(port)" }
        #expect(!listeners.isEmpty && listeners.allSatisfy(\.listening))
        #expect(listeners.allSatisfy { $0.handles.map(\.cause) == ["passed"] && !$0.accused })
      }
    }
  }

  private static func number(_ text: String) -> pid_t? {
    pid_t(text.trimmingCharacters(in: .newlines))
  }

  // MARK: python

  private static let script = """
    import http.server, os, socket, subprocess, tempfile, threading, urllib.request

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    server.RequestHandlerClass.log_message = lambda *_: None
    threading.Thread(target=server.serve_forever).start()
    url = "http://127.0.0.1:%d/page.txt" % server.server_port
    for _ in range(20):
        with urllib.request.urlopen(url) as answer:
            print(answer.status, answer.read())
    server.shutdown()
    server.server_close()

    with tempfile.TemporaryFile() as file:
        file.write(b"temporary")
        file.seek(0)
        print(file.read())
    left, right = socket.socketpair()
    left.send(b"pair")
    print(right.recv(16), os.get_inheritable(left.fileno()))
    left.close()
    right.close()

    print(subprocess.run(["/bin/cat"], input=b"child", stdout=subprocess.PIPE).stdout)
    print(subprocess.run("exit 3", shell=True).returncode)
    print(subprocess.check_output(["/bin/ls", "-l", "/proc/self/fd"]).count(b"->"))
    pid = os.fork()
    if pid == 0:
        os._exit(5)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """

  private func drivePython(in folder: String, trace: String?) throws -> String {
    try write("served by python\n", to: folder + "/page.txt")
    try write(Self.script, to: folder + "/script.py")
    let outcome = try run(
      command(["/usr/bin/python3", "-I", folder + "/script.py"], trace: trace), folder: folder)
    #expect(outcome.status == .exit(0), "\(outcome.errors)")
    return outcome.output
  }

  @Test("python3 prints what it prints without the shim, and its children are in the tree")
  func python() throws {
    try withScratch { folder in
      let plain = try withScratch { try drivePython(in: $0, trace: nil) }
      #expect(plain.contains("200 b'served by python\\n'"))
      #expect(try drivePython(in: folder, trace: folder + "/trace.bin") == plain)

      let report = try report(on: folder + "/trace.bin")
      expectSane(report)
      let python = report.processes[0]
      #expect(python.argv.last?.hasSuffix("/script.py") == true)
      #expect(python.end == Report.End(kind: "exit", code: 0))
      let programs = report.processes.filter { $0.how == "exec" }
      #expect(programs.count == 3)
      #expect(programs.map { $0.argv.first } == ["/bin/cat", "/bin/sh", "/bin/ls"])
      for program in programs {
        let child = try report.process(id: program.parent)
        #expect(child.pid == program.pid)
        #expect(child.end.kind == "exec")
        #expect(child.parent == python.id)
      }
      #expect(programs.map(\.end.code) == [0, 3, 0])
      let forked = report.processes.filter { $0.how == "fork" && $0.end.code == 5 }
      #expect(forked.map(\.parent) == [python.id])
    }
  }
}
