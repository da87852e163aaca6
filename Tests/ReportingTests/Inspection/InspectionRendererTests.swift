import Foundation
import ProcessInspection
import Testing

@testable import Reporting

@Suite("Reports on a running process")
struct InspectionRendererTests {
  private func text(_ inspection: Inspection, width: Int = 80, all: Bool = false) -> String {
    InspectionTextRenderer(
      style: TextStyle(width: width, usesColor: false, usesUnicode: false), listsAll: all
    ).render(inspection)
  }

  @Test("The whole report reads as agreed")
  func golden() {
    let expected = """
      server (pid 812): 6 of 1024 fds, growing by 1 a minute: the limit in 16 h 58
      min; the largest group is tcp CLOSE_WAIT (3).
      5 looks in 2 min: 4 at first, 6 at last, 6 at most.
      ./server --port 8080
      4 threads, user 33, running for 1 d 2 h

        fds  kind   state       mostly
        3    tcp    CLOSE_WAIT  to 10.0.0.2:5432 (3)
        1    epoll
        1    file               /dev/null
        1    tcp    LISTEN      0.0.0.0:8080

      Findings
        It grew by 2, at 2 of 4 further looks, most of it tcp CLOSE_WAIT. 'fdtrack
          run' records where they are opened.
        3 sockets (fds 5-7) whose peer has closed its end, the longest silent for 12
          s: close() them when a read returns 0.
        0.0.0.0:8080 (fd 3) is held by 813 (worker) as fd 3, too: it stays in use
          until all have closed it.
        129 connections wait to be accepted at 0.0.0.0:8080 (fd 3), which has room for
          128: more are dropped. accept() is called too seldom, or not at all.
        epoll fd 4 still watches what was fd 9 here and is closed, or another file's
          number by now: a duplicate of it is open somewhere, and its events go on.

      Change
        change  from  to  what
        +2      1     3   tcp CLOSE_WAIT
        Between the first look and the last, 2 opened that are still there, and 0
          closed; what came and went in between is not seen.

      Not seen
        Who else holds something, among 3 of 90 other processes: reading their fds
          takes root (CAP_SYS_PTRACE).

      tcp CLOSE_WAIT (3)
        fd 5     10.0.0.1:40005 to 10.0.0.2:5432, its end was read, silent for 12 s
        fd 6     10.0.0.1:40006 to 10.0.0.2:5432, its end was not read yet, silent for
                 12 s
        fd 7     10.0.0.1:40007 to 10.0.0.2:5432, 7 bytes unread, its end was not read
                 yet, silent for 12 s

      epoll (1)
        fd 4     watches 3 fds, 1 stale

      file (1)
        fd 0     /dev/null

      tcp LISTEN (1)
        fd 3     0.0.0.0:8080, 129 of 128 waiting to be accepted, also in 813 (worker)

      """
    let rendered = text(SampleInspection.growing)
    let lines = rendered.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, want) in zip(lines, wanted) { #expect(line == want) }
    #expect(rendered == expected)
  }

  @Test("Sockets without an address are told as such where they are the most of a group")
  func nameless() {
    var inspection = SampleInspection.growing
    inspection.descriptors = (3..<9).map { fd in
      var udp = OpenDescriptor(fd: fd, kind: .udp, link: "socket:[\(fd)]")
      udp.socket = SocketFacts(protocolName: "udp")
      if fd == 3 { udp.socket?.local = .ipv4(address: 0x7f00_0001, port: 5060) }
      return udp
    }
    inspection.groups = [
      DescriptorGroup(
        key: .init(kind: .udp), count: 6, subject: .init(text: "127.0.0.1:5060", count: 1))
    ]
    #expect(text(inspection).contains("6    udp          without an address (5)\n"))
    inspection.descriptors?.removeLast(4)
    #expect(text(inspection).contains("such as 127.0.0.1:5060\n"))
  }

  @Test("A process that may not be looked at has its number of fds, and the reason")
  func denied() {
    #expect(
      text(SampleInspection.denied) == """
        server (pid 812): 700 of 1024 fds.
        1 thread, user 33

        Not seen
          The fds beyond their number: Permission denied. They are shown to its own user
            33, unless it has changed that or is marked undumpable, and to root
            (CAP_SYS_PTRACE).

        """)
  }

  @Test(
    "Root is not told to be root: of what it is refused it learns why",
    arguments: [
      (Asker.root(seesAll: false), "root is without CAP_SYS_PTRACE here, as in a container"),
      (.root(seesAll: true), "where a process is of another user namespace, or a security module"),
    ])
  func refusedRoot(asker: Asker, words: String) {
    var inspection = SampleInspection.denied
    inspection.asker = asker
    inspection.unseen += [.holders(count: 3, of: 90), .otherNetwork(errno: 1), .hiddenProcesses]
    let lines = text(inspection, width: 500).split(separator: "\n").suffix(4)
    #expect(lines.count == 4 && !lines.contains { $0.contains("takes root") })
    #expect(lines.filter { $0.contains(words) }.count == 2, "\(lines)")
    #expect(lines.contains { $0.contains("takes CAP_SYS_ADMIN here and there") })
    #expect(!lines.contains { $0.contains("root alone") || $0.contains("its own user") })
  }

  @Test("One deleted file keeps its room, several keep theirs")
  func deletedFiles() {
    var inspection = SampleInspection.growing
    inspection.findings = [.deletedFiles(fds: [29], bytes: 102_400)]
    #expect(
      text(inspection, width: 200).contains(
        "1 descriptor of a deleted file (fd 29) keeps 100 KiB on disk until closed."))
    inspection.findings = [.deletedFiles(fds: [29, 30], bytes: 102_400)]
    #expect(
      text(inspection, width: 200).contains(
        "2 descriptors of deleted files (fds 29-30) keep 100 KiB on disk until closed."))
  }

  @Test("No line is wider than asked for, and no escape gets through", arguments: [40, 80, 133])
  func hostile(width: Int) {
    let rendered = text(SampleInspection.hostile, width: width, all: true)
    for line in rendered.split(separator: "\n") {
      #expect(VisibleText.width(String(line)) <= width, "\(line)")
    }
    #expect(rendered.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
  }

  @Test("JSON is valid, whatever is in it, and has each key of its schema")
  func json() throws {
    for inspection in [
      SampleInspection.growing, SampleInspection.denied, SampleInspection.hostile,
    ] {
      let text = InspectionJSONRenderer().render(inspection)
      let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      #expect(
        value?.keys.sorted() == [
          "count", "fds", "findings", "groups", "growth", "headline", "limit", "process",
          "redacted", "schema", "searched_others", "unseen",
        ])
      #expect(value?["schema"] as? String == "fdtrack-pid/1")
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
    }
  }

  @Test(
    "A pace is told in the unit that people count in",
    arguments: [
      (1, 1_000_000_000, "1 a second"), (1, 60_000_000_000, "1 a minute"),
      (90, 3_600_000_000_000, "1.5 a minute"), (1, 7_200_000_000_000, "0.5 an hour"),
      (5000, 100_000_000, "50000 a second"),
    ] as [(Int, UInt64, String)])
  func pace(change: Int, overNs: UInt64, expected: String) throws {
    var inspection = SampleInspection.growing
    inspection.growth = DescriptorGrowth(
      [.init(atNs: 0, count: 0), .init(atNs: overNs, count: change)])
    #expect(InspectionNarrative(inspection).headline.contains("growing by \(expected)"))
  }

  @Test(
    "Sizes have one digit after the point below ten",
    arguments: [
      (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"),
      (10_800, "10 KiB"), (UInt64.max, "15 EiB"),
    ] as [(UInt64, String)])
  func sizes(bytes: UInt64, expected: String) {
    #expect(InspectionNarrative.size(bytes) == expected)
  }
}
