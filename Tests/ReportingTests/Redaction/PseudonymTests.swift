import Testing

@testable import Reporting

@Suite("Pseudonyms") struct PseudonymTests {
  private static let key = RedactionKey(low: 1, high: 2)

  private func redactor(_ scope: RedactionScope = .all) -> Redactor {
    Redactor(scope, Pseudonyms(key: Self.key))
  }

  @Test("The hash is SipHash-2-4, by the values of its authors")
  func sipHash() {
    let key = RedactionKey(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908)
    #expect(key.hash([]) == 0x726f_db47_dd0e_0e31)
    #expect(key.hash([0]) == 0x74f8_39c5_93dc_67fd)
    #expect(key.hash(Array(0..<8)) == 0x93f5_f579_9a93_2462)
    #expect(key.hash(Array(0..<15)) == 0xa129_ca61_49be_45e5)
  }

  @Test("Keys that are drawn differ; those of one secret are one, and short secrets are none")
  func keys() {
    #expect(RedactionKey.random() != .random())
    let secret = Array("correct horse battery staple".utf8)
    #expect(RedactionKey(secret: secret) == RedactionKey(secret: secret))
    #expect(RedactionKey(secret: secret) != RedactionKey(secret: secret.reversed()))
    #expect(RedactionKey(secret: Array(secret.prefix(15))) == nil)
    #expect(RedactionKey(secret: Array(secret.prefix(16))) != nil)
  }

  @Test("The same name has the same pseudonym, with another key another one")
  func keyed() {
    let names = Pseudonyms(key: Self.key)
    #expect(names.name(.host, for: "db") == names.name(.host, for: "db"))
    #expect(names.name(.host, for: "db") != names.name(.host, for: "db2"))
    let other = Pseudonyms(key: RedactionKey(low: 1, high: 3))
    #expect(names.name(.host, for: "db") != other.name(.host, for: "db"))
    for number in 0..<200 {
      #expect(names.name(.host, for: "\(number)").wholeMatch(of: /host-[0-9a-f]{10}/) != nil)
      #expect(names.fingerprint(for: "\(number)").wholeMatch(of: /[0-9a-f]{16}/) != nil)
    }
  }

  @Test(
    "Paths of the system are shown",
    arguments: [
      "/usr/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2", "/usr/bin/python3.11",
      "/usr/include/c++/12/bits/stl_vector.h", "/usr/lib/gcc/../gcc/x", "/etc/passwd", "/dev/null",
      "/dev/pts/3", "/proc/self/fd/3", "/proc/4711/status", "/", "/tmp", "/var/log",
      "/usr/share/zoneinfo/UTC", "/etc/ld.so.cache", "pipe:[4711]", "socket:[1]",
      "anon_inode:[eventpoll]", "anon_inode:kvm-vcpu:0", "[vdso]", "[module 3]",
    ])
  func system(path: String) {
    var redactor = redactor()
    #expect(redactor.path(path) == path)
    #expect(redactor.name(path, kind: "tcp") == path)
  }

  @Test(
    "Names of the owner's are hidden, with the folders that every system has left",
    arguments: [
      ("/home/alice/notes.txt", "/home/P/P.txt"),
      ("/usr/local/lib/libpool.so.1.2", "/usr/local/lib/P.so.1.2"),
      ("/usr/lib/../../home/alice", "/usr/lib/../../P/P"),
      ("/var/log/shop/today.log", "/var/log/P/P.log"), ("/etc/shop.conf", "/etc/P.conf"),
      ("/dev/shm/shop", "/dev/shm/P"), ("/dev/mapper/shop", "/dev/P/P"),
      ("/dev/../home/alice", "/dev/../P/P"), ("/proc/self/root/home/alice", "/proc/P/P/P/P"),
      ("/proc/1/cwd/x", "/proc/P/P/P"), ("/sys/class/net/vpn", "/sys/class/P/P"),
      ("/usrlib/x", "/P/P"), ("data/../secret.sql", "P/../P.sql"), ("./run", "./P"),
      (".alice", "P"), ("report.alice", "P"), ("alice.so.shop", "P"),
      ("x.txt (deleted)", "P.txt (deleted)"), ("/memfd:shop (deleted)", "/memfd:P (deleted)"),
      ("…ice/x.db", "…P/P.db"), ("pipe:[alice]", "P"), ("[alice]", "P"), ("[module x]", "P"),
      ("Anon:[1]", "P"), ("//x", "//P"), ("/home/alice/", "/home/P/"), (" ", "P"),
    ])
  func hidden(path: String, shape: String) {
    var redactor = redactor()
    #expect(redactor.path(path).replacing(/p-[0-9a-f]{10}/, with: "P") == shape)
  }

  @Test("What lies in one folder still does, and what has one name still has")
  func structure() {
    var redactor = redactor()
    let source = redactor.path("/home/alice/shop/db.c")
    let object = redactor.path("/home/alice/shop/db.o")
    let other = redactor.path("/srv/shop/db.c")
    #expect(source.dropLast(2) == object.dropLast(2))
    #expect(source.split(separator: "/").last == other.split(separator: "/").last)
    #expect(redactor.path("db.c") == source.split(separator: "/").last.map(String.init))
  }

  @Test(
    "Internet addresses keep their ports; those that everybody has are shown",
    arguments: [
      ("10.1.2.3:443", "A:443"), ("[2001:db8::1]:80", "[A]:80"), ("[fe80::1%2]:80", "[A%2]:80"),
      ("[::ffff:10.1.2.3]:80", "[::ffff:A]:80"), ("127.0.0.1:80", "127.0.0.1:80"),
      ("127.1.2.3:80", "127.1.2.3:80"), ("0.0.0.0:8080", "0.0.0.0:8080"), ("[::]:80", "[::]:80"),
      ("[::1]:80", "[::1]:80"), ("[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:80"),
      ("unnamed", "unnamed"), ("netlink:812 groups 0x1f", "netlink:812 groups 0x1f"),
      ("family 40", "family 40"), ("@shop", "@P"), ("@/tmp/shop/x", "@P"),
      ("/run/shop.sock", "/run/P.sock"), ("256.1.1.1:80", "P"), ("netlink:alice", "P"),
      ("1.2.3.4:alice", "P"),
    ])
  func addresses(text: String, shape: String) {
    var redactor = redactor(.addresses)
    let shown = redactor.socketName(text).replacing(/ip[46]-[0-9a-f]{10}/, with: "A")
      .replacing(/p-[0-9a-f]{10}/, with: "P")
    #expect(shown == shape)
  }

  @Test(
    "Of a shell's command the words are shown that are no paths", arguments: ["-c", "-lc", "-e"])
  func command(option: String) {
    var redactor = redactor(.paths)
    let shown = redactor.arguments(["sh", option, "cat /srv/a b | wc"], exe: nil)[2]
    #expect(shown.wholeMatch(of: /cat \/srv\/p-[0-9a-f]{10} b \| wc/) != nil, "\(shown)")
  }

  @Test("An address has one pseudonym, mapped into IPv6 or not, at whatever port")
  func mapped() {
    var redactor = redactor()
    let plain = redactor.socketName("10.1.2.3:80").dropLast(3)
    #expect(redactor.socketName("[::ffff:10.1.2.3]:443") == "[::ffff:\(plain)]:443")
  }

  @Test(
    "In arguments that are shown, paths, addresses and machines are hidden",
    arguments: [
      (RedactionScope.paths, "--config=/home/alice/x.conf", "--config=/home/P/P.conf"),
      (.paths, "/usr/bin/env", "/usr/bin/env"), (.paths, "-I/home/alice", "P/P/P"),
      (.paths, "--level 3", "--level 3"), (.paths, "shop.yaml", "P.yaml"),
      (.paths, "a=src/x,b", "a=P/P,b"), (.addresses, "http://10.1.2.3:80/x", "http://A:80/x"),
      (.addresses, "--bind=10.1.2.3:80", "--bind=A:80"), (.addresses, "fe80::1%eth0", "A%eth0"),
      (.addresses, "http://[fe80::1]:80/x", "http://[A]:80/x"),
      (.addresses, "--version=1.2.3", "--version=1.2.3"),
      (.hosts, "alice@db.shop.com:/x", "alice@H:/x"), (.hosts, "box7", "H"),
      (.hosts, "shop.conf a.b.1", "shop.conf a.b.1"), (.environment, "on box7", "on H"),
      (.arguments, "--verbose", "G"), (.arguments, "--", "--"), (.arguments, "", ""),
      (.paths, "our shop/pass w.db", "P/P.db"), (.paths, "--db=our shop/pass w.db", "--db=P/P.db"),
      (.paths, "no path at all", "no path at all"),
    ])
  func arguments(scope: RedactionScope, text: String, shape: String) {
    var redactor = redactor(scope)
    redactor.host = "box7"
    let shown = redactor.arguments(["x", text], exe: nil)[1]
      .replacing(/ip[46]-[0-9a-f]{10}/, with: "A").replacing(/p-[0-9a-f]{10}/, with: "P")
      .replacing(/host-[0-9a-f]{10}/, with: "H").replacing(/arg-[0-9a-f]{10}/, with: "G")
    #expect(shown == shape)
  }

  @Test("A program keeps the name that its executable's begins with")
  func programName() {
    var redactor = redactor(.arguments)
    let names = ["python3", "/usr/bin/python3", "python3.11"]
    for name in names {
      #expect(redactor.arguments([name], exe: "/usr/bin/python3.11") == [name])
    }
    #expect(redactor.arguments(["secret"], exe: "/usr/bin/python3.11")[0].hasPrefix("arg-"))
    #expect(redactor.arguments([""], exe: "/usr/bin/python3.11") == [""])
  }

  @Test("Functions keep their names, but for paths in those of lambdas")
  func functions() {
    var redactor = redactor()
    for name in ["dial", "operator/(Money, int)", "a::operator/=<b>", "<T as core::Div>::div"] {
      #expect(redactor.function(name) == name)
    }
    let shown = redactor.function("call<(lambda at /home/alice/x.cc:3:9)>(int)")
    #expect(shown.wholeMatch(of: /call<\(lambda at \/home\/p-\w+\/p-\w+\.cc:3:9\)>\(int\)/) != nil)
    #expect(!redactor.function("f<(lambda at ../alice/x.cc:3:9)>").contains("alice"))
  }

  @Test("Scopes are told by their names")
  func scopes() {
    #expect(RedactionScope(names: "paths,env") == [.paths, .environment])
    #expect(RedactionScope(names: "all") == .all)
    #expect(RedactionScope(names: "args,all") == .all)
    for text in ["", "paths,", "path", "Paths", "paths env"] {
      #expect(RedactionScope(names: text) == nil)
    }
    #expect(RedactionScope.all.names == ["paths", "addresses", "args", "hosts", "env"])
  }
}
