import Symbolication
import Testing

@testable import Reporting
@testable import TraceModel

@Suite("Frames that are joined to a stack")
struct JoinedFramesTests {
  @Test("What was linked into the program without lines is a library of it")
  func linkedStatically() {
    func focus(_ frames: [Report.StackFrame]) -> (focus: String?, library: String?) {
      let stack = Report.Stack(
        frames.indices.map { .code(module: 0, address: UInt64($0)) }, .none
      ) { _, address, _ in [frames[Int(address)]] }
      return (stack.focus?.function, stack.library?.function)
    }
    func frame(
      _ function: String, line: Int? = nil, module: String = "/srv/server"
    ) -> Report.StackFrame {
      .init(
        function: function, file: line.map { _ in "/src/a.c" }, line: line, module: module,
        offset: 1)
    }
    let (bottom, top) = (frame("BIO_socket"), frame("BIO_do_connect"))
    let (dial, main) = (frame("dial", line: 3), frame("main", line: 9))
    #expect(focus([bottom, top, dial, main]) == ("dial", "BIO_do_connect"))
    // Of a plugin nothing has lines, nor of a program that was built without.
    let plugin = frame("load", module: "/srv/plugin.so")
    #expect(focus([plugin, main]) == ("load", nil))
    #expect(focus([bottom, top, frame("main")]) == ("BIO_socket", nil))
    // Who is called back is the program, whatever has called it.
    #expect(focus([dial, top, main]) == ("dial", nil))
  }

  @Test("A wrapper of the recorder that a signal interrupted is not among them")
  func recorder() {
    let modules = ["/srv/server", "/usr/lib/libfdtrack.so", "/usr/lib/libc.so.6"]
    let stack = Report.Stack(
      [0, 2, 1, 0].map { .code(module: $0, address: 16) }, .none
    ) { module, address, _ in [.init(function: nil, module: modules[module], offset: address)] }
    #expect(stack.frames.map(\.module) == ["/srv/server", "/usr/lib/libc.so.6", "/srv/server"])
  }
}
