import Testing

@Suite("A program that leaks and then goes to the background")
struct DaemonTests {
  @Test("What its launcher opened is told to be the daemon's, and found by its pid")
  func daemon() throws {
    try withScratch { folder in
      let launcher = try launchTracked("leaks_and_detaches", ["20"], in: folder)
      let pid = try launcher.readLine(after: "daemon ")
      let trace = folder + "/trace.bin"
      let heir = "pid \(pid) (leaks_and_detaches): 20 of them by fork; it"
      for options in [[], ["--process", pid]] {
        let text = try run([Project.reporter, trace] + options).output
        #expect(text.hasPrefix("1 call site leaks 20 fds."), "\(options)")
        #expect(text.contains("\(heir) still runs."), "\(options)")
      }
      launcher.closeInput()
      try wait(or: "it still runs") { try report(on: trace).processes.last?.end.kind == "exit" }
      #expect(try run([Project.reporter, trace]).output.contains("\(heir) ended later."))
    }
  }
}
