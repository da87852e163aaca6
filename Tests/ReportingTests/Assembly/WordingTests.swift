import Testing

@testable import Reporting

@Suite("Words for kinds and functions")
struct WordingTests {
  @Test(
    "Kinds are named as people name them",
    arguments: [
      ("tcp", "tcp sockets"), ("dir", "directories"), ("mqueue", "message queues"),
      ("io_uring", "io_uring instances"), ("perf_event", "perf events"), ("bpf", "bpf objects"),
      ("mount", "mounts"), ("namespace", "namespaces"), ("dmabuf", "dma-bufs"), ("other", "fds"),
      ("pty", "ptys"), ("inotify", "inotifies"),
    ])
  func kinds(kind: String, words: String) {
    #expect(Narrative.plural(kind, 2) == words)
  }

  @Test(
    "A function is told its own flag for exec",
    arguments: [
      ("fsopen", "FSOPEN_CLOEXEC"), ("open_tree", "OPEN_TREE_CLOEXEC"),
      ("fanotify_init", "FAN_CLOEXEC"), ("open_by_handle_at", "O_CLOEXEC"),
    ])
  func flags(api: String, flag: String) {
    #expect(CloseOnExec.flag(for: api) == flag)
    #expect(CloseOnExec.remedy(for: api) == "\(flag) in \(api)()")
  }
}
