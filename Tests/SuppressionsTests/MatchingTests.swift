import Testing

@testable import Suppressions

@Suite("What a suppression matches")
struct MatchingTests {
  private struct Site: Suppressible {
    var callNames = ["socket"]
    var kindName = "tcp"
    var verdictName: String? = "suspect"
    var fingerprintText: String? = "2b98365b22e07d35"
    var openDescriptors = [SuppressibleDescriptor(names: ["/var/log/a.log"], owner: "raw")]
    func holdsOnly(where condition: (SuppressibleDescriptor) -> Bool) -> Bool {
      !openDescriptors.isEmpty && openDescriptors.allSatisfy(condition)
    }
    var suppressibleFrames = [
      SuppressibleFrame(
        functions: ["new_socket"], module: "/srv/app", file: "/src/pool/client.c", line: 38),
      SuppressibleFrame(
        functions: ["pool::dial(int)", "pool::dial"], module: "/opt/lib/libpool.so.1",
        file: "/src/pool/dial.cc", line: 7),
      SuppressibleFrame(functions: [], module: nil, file: nil, line: nil),
      SuppressibleFrame(functions: ["main"], module: "/srv/app", file: nil, line: nil),
    ]
  }

  private func matches(_ lines: String, _ site: Site = Site()) throws -> Bool {
    let parsed = try SuppressionFile.parse("{\nname\n\(lines)\n}".utf8, file: "f")
    return parsed[0].matches(site)
  }

  @Test("Every key must hold, and of the lines of one key one")
  func keys() throws {
    #expect(try matches("api: socket\nkind: tcp\nfingerprint: 2b98365b22e07d35"))
    #expect(try !matches("api: socket\nkind: udp"))
    #expect(try !matches("fingerprint: 0000000000000000\nkind: tcp"))
    #expect(try matches("api: accept*\napi: sock*\nkind: udp\nkind: t?p"))
    var unnamed = Site()
    unnamed.fingerprintText = nil
    #expect(try !matches("fingerprint: 2b98365b22e07d35", unnamed))
  }

  @Test("A verdict that is named must be the site's, and one that is not may be any")
  func verdicts() throws {
    #expect(try matches("verdict: suspect"))
    #expect(try !matches("verdict: leak\nkind: tcp"))
    #expect(try matches("verdict: leak\nverdict: suspect\nkind: tcp"))
    var site = Site()
    site.verdictName = nil
    #expect(try matches("kind: tcp", site))
    #expect(try !matches("verdict: suspect\nkind: tcp", site))
  }

  @Test(
    "Frames are matched from the innermost on, as far as the patterns go",
    arguments: [
      ("fun: new_socket", true), ("fun: new_*\nfun: pool::dial", true),
      ("fun: new_*\nfun: pool::dial(int)", true), ("fun: pool::dial", false),
      ("...\nfun: pool::dial", true), ("...\nfun: main", true), ("...\nfun: dial", false),
      ("fun: new_socket\nfun: main", false), ("fun: new_socket\n...\nfun: main", true),
      ("mod: app\nmod: libpool.so*", true), ("mod: */libpool.so*", false),
      ("src: pool/client.c", true), ("src: client.c:38", true), ("src: client.c:39", false),
      ("src: ool/client.c", false), ("fun: *\nfun: *\nfun: *\nfun: main", true),
      ("fun: *\nfun: *\nfun: ?*", false), ("fun: *\nfun: *\nfun: *\nfun: *\nfun: *", false),
      ("...\nfun: new_*\n...\nfun: pool*\n...\nfun: main\n...", true),
      ("...\nfun: main\nfun: new_socket", false),
    ] as [(String, Bool)])
  func frames(lines: String, expected: Bool) throws {
    #expect(try matches(lines) == expected)
  }

  @Test("Paths and owners must hold of every open descriptor")
  func descriptors() throws {
    #expect(try matches("path: /var/log/*.log"))
    #expect(try matches("owner: raw"))
    #expect(try !matches("owner: FILE"))
    var two = Site()
    two.openDescriptors.append(.init(names: ["/etc/x", "/var/cache/x"], owner: "FILE"))
    #expect(try !matches("path: /var/log/*", two))
    #expect(try matches("path: /var/log/*\npath: /var/cache/*", two))
    #expect(try matches("path: /var/*\nowner: raw\nowner: FILE", two))
    #expect(try !matches("path: /var/*\nowner: raw", two))
    var none = Site()
    none.openDescriptors = []
    #expect(try !matches("path: *", none))
  }

  @Test("The first of a list decides, by fingerprint or not")
  func list() throws {
    func block(_ name: String, _ condition: String) -> String { "{\n\(name)\n\(condition)\n}\n" }
    func first(_ blocks: String...) throws -> Int? {
      SuppressionList(try SuppressionFile.parse(blocks.joined().utf8, file: "f")).match(Site())
    }
    let print = block("print", "fingerprint: 2b98365b22e07d35")
    let kind = block("kind", "kind: tcp")
    let other = block("other", "kind: udp")
    #expect(try first(print, kind) == 0)
    #expect(try first(other, kind, print) == 1)
    #expect(try first(other, print, print) == 1)
    #expect(try first(other) == nil)
    #expect(try first(block("both", "fingerprint: 2b98365b22e07d35\nkind: udp"), kind) == 1)
  }

  @Test("A stack made to backtrack ends")
  func hostile() throws {
    var deep = Site()
    deep.suppressibleFrames = Array(repeating: Site().suppressibleFrames[0], count: 1000)
    let lines = String(repeating: "...\nfun: new_socket\n", count: 300) + "...\nfun: main"
    #expect(try !matches(lines, deep))
  }
}
