@testable import Reporting

extension Sample {
  static var processes: [Report.Process] {
    var server = Report.Process(id: 1, pid: 790)
    server.exe = "/srv/app/server"
    server.argv = ["./server", "--port", "8080"]
    server.cwd = "/srv/app"
    server.fdLimit = 1024
    server.fdLimitHard = 4096
    server.buildID = "c0ffee"
    server.endKind = "exit"
    server.endCode = 0
    server.startedNs = 0
    server.endedNs = 12_400_000_000
    server.openAtEnd = 43
    server.standardStreams = 3
    server.wasChecked = true
    server.wasCheckedLast = true
    server.peak = 46
    server.peakNs = 12_300_000_000
    server.timeline = .init(counts: (0..<120).map { $0 / 3 })
    var child = Report.Process(id: 2, pid: 812)
    child.parent = 1
    child.how = "fork"
    child.exe = "/srv/app/server"
    child.argv = ["./server", "--port", "8080"]
    child.endKind = "exec"
    child.openAtEnd = 1
    var worker = Report.Process(id: 3, pid: 812)
    worker.parent = 2
    worker.how = "exec"
    worker.exe = "/srv/app/worker"
    worker.argv = ["worker", "-v"]
    worker.endKind = "signal"
    worker.endCode = 9
    worker.openAtEnd = 4
    var listener = Report.Inherited(fd: 5, kind: "tcp", via: "exec")
    listener.local = "0.0.0.0:8080"
    listener.name = "0.0.0.0:8080"
    listener.state = "LISTEN"
    listener.openedBy = 1
    listener.opener = server.name
    listener.site = 2
    listener.openedAt = "server.c:88"
    listener.api = "socket"
    listener.isListening = true
    var cache = Report.Inherited(fd: 50, kind: "file", via: "exec")
    cache.name = "/var/cache/app/50.db"
    cache.openedBy = 1
    cache.opener = server.name
    cache.site = 5
    cache.openedAt = "cache.cc:203"
    cache.api = "fopen"
    var output = Report.Inherited(fd: 1, kind: "pipe", via: "exec")
    output.openedBy = 1
    worker.inherited = [output, cache, listener]
    var helper = Report.Process(id: 4, pid: 813)
    helper.parent = 1
    helper.how = "spawn"
    helper.exe = "/bin/busybox"
    helper.isTraced = false
    helper.wasChecked = true
    return [server, child, worker, helper]
  }
}
