@testable import Reporting

extension Sample {
  static let listen = Report.Stack(
    frames: [frame("listen_on", "/srv/app/src/server.c", 88, offset: 0x1a00)] + tail)
  static let runWorker = Report.Stack(
    frames: [frame("run_worker", "/srv/app/src/server.c", 120, offset: 0x1b00)] + tail)

  /// The worker's listener, and a cache file of which it has a duplicate too.
  static var inheritance: [Report.KeptFile] {
    let server = Report.Party(process: 1, name: processes[0].name, life: "ended")
    let worker = Report.Party(process: 3, name: processes[2].name, life: "ended")
    var start = Report.Start(call: Report.Call(api: "execve", stack: runWorker), by: 2)
    start.program = 3
    start.argv = ["worker", "-v"]
    var listener = Report.KeptFile(
      holder: worker, opener: server, opened: Report.Call(api: "socket", stack: listen, site: 2),
      handles: [
        handle([5], "never_cloexec", Report.Call(api: "socket", stack: listen, site: 2), start)
      ], start: start)
    listener.kind = "tcp"
    listener.local = "0.0.0.0:8080"
    listener.name = "0.0.0.0:8080"
    listener.state = "LISTEN"
    listener.isListening = true
    var copy = handle([51], "passed", Report.Call(api: "dup2", stack: dial, site: 9), start)
    copy.isByDesign = true
    copy.isDuplicate = true
    copy.advice = nil
    var cache = Report.KeptFile(
      holder: worker, opener: server, opened: Report.Call(api: "fopen", stack: loadCache, site: 5),
      handles: [
        handle([50], "never_cloexec", Report.Call(api: "fopen", stack: loadCache, site: 5), start),
        copy,
      ], start: start)
    cache.kind = "file"
    cache.name = "/var/cache/app/50.db"
    return [listener, cache]
  }

  static func handle(
    _ fds: [Int], _ cause: String, _ made: Report.Call, _ start: Report.Start
  ) -> Report.Handle {
    var handle = Report.Handle(fds: fds, cause: cause, made: made)
    handle.advice = CloseOnExec.advice(for: handle, started: start.call)
    return handle
  }
}
