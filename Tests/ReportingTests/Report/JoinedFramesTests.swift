import Symbolication
import Testing

@testable import Reporting
@testable import TraceModel

@Suite("Frames that are joined to a stack")
struct JoinedFramesTests {
  @Test("A wrapper of the recorder that a signal interrupted is not among them")
  func recorder() {
    let modules = ["/srv/server", "/usr/lib/libfdtrack.so", "/usr/lib/libc.so.6"]
    let stack = Report.Stack(
      [0, 2, 1, 0].map { .code(module: $0, address: 16) }, .none
    ) { module, address, _ in [.init(function: nil, module: modules[module], offset: address)] }
    #expect(stack.frames.map(\.module) == ["/srv/server", "/usr/lib/libc.so.6", "/srv/server"])
  }
}
