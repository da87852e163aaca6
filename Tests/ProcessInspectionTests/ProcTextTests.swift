import SystemPackage
import Testing
import TraceModel

@testable import ProcessInspection

@Suite("Texts of /proc")
struct ProcTextTests {
  @Test("A name with parentheses, spaces and line ends does not shift the fields behind it")
  func hostileName() throws {
    let line = "812 (a) Z 1 (\n) S 7 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 99 1 2"
    let status = try #require(TaskStatus(stat: Array(line.utf8)))
    #expect(status.name == "a) Z 1 (\n")
    #expect(status.state == "S")
    #expect(status.parent == 7)
    #expect(status.threads == 3)
    #expect(status.startTicks == 99)
    #expect(!status.isKernelThread)
  }

  @Test("A thread of the kernel is known by its flag")
  func kernelThread() throws {
    let line = "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 3 0 0"
    #expect(try #require(TaskStatus(stat: Array(line.utf8))).isKernelThread)
  }

  @Test(
    "A line that is not one of /proc/PID/stat is nothing",
    arguments: ["", "812", "812 (a", "812 )a( S 1", "x (a) S 1", "812 (a) S 1 2 3"])
  func notAStat(line: String) { #expect(TaskStatus(stat: Array(line.utf8)) == nil) }

  @Test("The limit is read with its unlimited forms")
  func limits() throws {
    let text = """
      Limit                     Soft Limit           Hard Limit           Units
      Max open files            1024                 unlimited            files
      """
    #expect(DescriptorLimit(limits: text) == DescriptorLimit(soft: 1024, hard: nil))
    #expect(DescriptorLimit(limits: "Max open files  x y files") == nil)
    #expect(DescriptorLimit(limits: "Max open files 1") == nil)
    #expect(DescriptorLimit(limits: "") == nil)
  }

  @Test(
    "A link says what is behind a descriptor",
    arguments: [
      ("socket:[12]", .socket(inode: 12)), ("pipe:[7]", .pipe(inode: 7)),
      ("anon_inode:[eventfd]", .anonymous(.eventfd, name: "eventfd")),
      ("anon_inode:inotify", .anonymous(.inotify, name: "inotify")),
      ("anon_inode:bpf-map", .anonymous(.bpf, name: "bpf-map")),
      ("anon_inode:[future]", .anonymous(.other, name: "future")),
      ("pidfd:[3]", .anonymous(.pidfd, name: "pidfd")),
      ("net:[4026531840]", .anonymous(.namespace, name: "net:[4026531840]")),
      ("/tmp/socket:[12]", .path("/tmp/socket:[12]")), ("socket:[12", .path("socket:[12")),
      ("socket:[-1]", .path("socket:[-1]")),
      ("socket:[99999999999999999999]", .path("socket:[99999999999999999999]")),
      ("", .path("")),
    ] as [(String, DescriptorLink)])
  func links(link: String, expected: DescriptorLink) { #expect(DescriptorLink(link) == expected) }

  private func information(_ text: String, isWhole: Bool = true) -> DescriptorInfo {
    DescriptorInfo(ProcFolder.Contents(bytes: Array(text.utf8), isWhole: isWhole))
  }

  @Test("Flags are octal and hold close-on-exec")
  func flags() {
    let found = information("pos:\t12\nflags:\t02100001\nmnt_id:\t27\nino:\t5\n")
    #expect(found.flags == 0o2_100_001)
    #expect(found.position == 12)
    #expect(found.inode == 5)
    #expect(information("flags:\t99\n").flags == nil)
  }

  @Test("Watches of an epoll instance are counted, and a cut one is left out")
  func epoll() {
    let text = """
      tfd:        4 events:       1f data:                4  pos:0 ino:27fd2645 sdev:9
      tfd:        6 events:       1f data: ffffffffffffffff  pos:0 ino:12 sdev:10
      """
    let whole = information(text)
    #expect(whole.watches.map(\.fd) == [4, 6])
    #expect(whole.watches.map(\.inode) == [0x27fd_2645, 0x12])
    let cut = information(text, isWhole: false)
    #expect(cut.watches.map(\.fd) == [4])
    #expect(!cut.isWhole)
  }

  @Test("Timers, events, watches and signals are told")
  func special() {
    let timer = information(
      "clockid: 1\nticks: 3\nsettime flags: 01\nit_value: (0, 49406829)\nit_interval: (1, 0)\n")
    #expect(timer.timer?.expirations == 3)
    #expect(timer.timer?.remainingNs == 49_406_829)
    #expect(timer.timer?.intervalNs == 1_000_000_000)
    #expect(information("it_value: (99999999999999999999, 1)").timer?.remainingNs == 0)
    #expect(information("it_value: (18446744073709551615, 1)").timer?.remainingNs == .max)
    #expect(information("eventfd-count:               1f\n").eventCount == 31)
    #expect(information("inotify wd:1 ino:2\ninotify wd:2 ino:3\n").watchCount == 2)
    #expect(information("fanotify flags:10 event-flags:0\nfanotify ino:4f969\n").watchCount == 1)
    #expect(information("sigmask:\t0000000000000006\n").signalMask == 6)
    #expect(information("scm_fds: 4\n").inFlight == 4)
    #expect(information("scm_fds: -4\n").inFlight == nil)
  }

  @Test("Lines of /proc/net/tcp give address, state and inode")
  func tcpLine() throws {
    let line = Substring(
      "   0: 0100007F:1F90 0200000A:1538 08 0000000B:00000016 00:00000000 00000000  1000"
        + "        0 12345 1 0000000000000000 20 4 30 10 -1")
    let record = try #require(SocketRecord(line: line, of: table("tcp")))
    #expect(record.inode == 12345)
    #expect(record.facts.local?.description == "127.0.0.1:8080")
    #expect(record.facts.remote?.description == "10.0.0.2:5432")
    #expect(record.facts.state == .closeWait)
    #expect(record.facts.sendQueue == 11)
    #expect(record.facts.receiveQueue == 22)
    #expect(record.facts.user == 1000)
  }

  @Test("Lines of /proc/net/tcp6 give IPv6 addresses")
  func tcp6Line() throws {
    let line = Substring(
      "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A "
        + "00000000:00000003 00:00000000 00000000 0 0 77 1")
    let record = try #require(SocketRecord(line: line, of: table("tcp6")))
    #expect(record.facts.local?.description == "[::1]:80")
    #expect(record.facts.remote == nil)
    #expect(record.facts.receiveQueue == 3)
    #expect(record.facts.sendQueue == nil)
  }

  @Test("Lines of /proc/net/unix keep names with spaces whole")
  func unixLine() throws {
    let line = Substring("0000000000000000: 00000002 00000000 00010000 0001 01 55 /run/a b")
    let record = try #require(SocketRecord(line: line, of: table("unix")))
    #expect(record.inode == 55)
    #expect(record.facts.local == .unix("/run/a b"))
    #expect(record.facts.isListener)
    #expect(!record.facts.isAbstract)
    #expect(record.facts.protocolName == "unix stream")
  }

  @Test(
    "Lines that make no sense are passed over",
    arguments: [
      "", "0:", "   0: 0100007F 0200000A:1538 08 0:0 0 0 0 0 1", "0: 01:1 02:2 08 0:0 0 0 0 0 1",
      "   0: 0100007F:1F90 0200000A:1538 XX 0000000B:00000016 00:00000000 00000000 0 0 12345",
      "   0: 0100007F:1F90 0200000A:1538 08 0000000B:00000016 00:00000000 00000000 0 0 -5",
      "0000000000000000: 00000002 00000000 00010000 0001 01",
    ])
  func nonsense(line: String) {
    for table in SocketTable.all { #expect(SocketRecord(line: line[...], of: table) == nil) }
  }

  private func table(_ file: String) -> SocketTable {
    SocketTable.all.first { $0.file == file } ?? SocketTable.all[0]
  }
}
