import Testing

@testable import TraceModel

@Suite("Modules that were loaded by a relative path") struct ModulePathTests {
  private func path(_ path: String, buildID: [UInt8] = [1], files: Set<String>) throws -> String? {
    var trace = Trace(
      info: TraceInfo(),
      clock: TraceClock(scale: .init(nanoseconds: 1, ticks: 1)), stacks: StackStore(),
      events: EventRing())
    for (id, folder) in ["/srv/app", "/srv/app", "/srv/worker"].enumerated() {
      var process = TracedProcess(id: id + 1)
      process.cwd = folder
      trace.processes.append(process)
    }
    trace.modules = [Module(number: 1, path: path, buildID: buildID)]
    trace.completeModulePaths { files.contains($0) }
    return trace.modules.first?.path
  }

  @Test("They are looked for where processes worked")
  func found() throws {
    #expect(try path("./a.so", files: ["/srv/worker/a.so"]) == "/srv/worker/a.so")
    #expect(try path("lib/a.so", files: ["/srv/app/lib/a.so"]) == "/srv/app/lib/a.so")
  }

  @Test("What is nowhere, or could not be proven to be the same, stays as it is")
  func unknown() throws {
    #expect(try path("./a.so", files: []) == "./a.so")
    #expect(try path("./a.so", buildID: [], files: ["/srv/app/a.so"]) == "./a.so")
    #expect(try path("/opt/a.so", files: ["/srv/app/opt/a.so"]) == "/opt/a.so")
    #expect(try path("[vdso]", files: ["/srv/app/[vdso]"]) == "[vdso]")
  }
}
