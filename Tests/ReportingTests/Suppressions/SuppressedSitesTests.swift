import Foundation
import LeakAnalysis
import Suppressions
import Testing

@testable import Reporting

@Suite("Suppressed sites")
struct SuppressedSitesTests {
  private func suppressed(_ blocks: String...) throws -> Report {
    let text = blocks.map { "{\n\($0)\n}\n" }.joined()
    let list = SuppressionList(try SuppressionFile.parse(text.utf8, file: "app.supp"))
    var report = Sample.report
    report.suppressions = ReportAssembly.suppress(&report.sites, by: list)
    return report
  }

  private let sockets = "the pool\nreason: ticket 812\nkind: tcp\nfun: new_socket"
  private let caches = "caches\npath: /var/cache/*"

  @Test("A suppressed finding keeps its facts and ranks behind what is held")
  func facts() throws {
    let report = try suppressed(sockets)
    #expect(report.sites.map(\.id) == [5, 1, 3])
    var site = report.sites[2]
    #expect(site.verdict == .suppressed && site.found == .leak)
    #expect(site.suppressed?.name == "the pool" && site.suppressed?.line == 1)
    #expect(site.reasons.map(\.code) == ["suppressed", "abandoned_after_failure", "growth"])
    site.verdict = .leak
    site.suppressed = nil
    site.reasons.removeFirst()
    #expect(site == Sample.leak)
  }

  @Test("What is held is no finding, and uses no suppression")
  func held() throws {
    let report = try suppressed("log\nfun: open_log", "pool\nkind: tcp")
    #expect(report.sites.map(\.verdict) == [.suspect, .held, .suppressed])
    #expect(report.suppressions.map(\.sites) == [0, 1])
    #expect(report.suppressions.map(\.descriptors) == [0, 40])
  }

  @Test("Functions are known with their parameters and without, calls by each of their names")
  func names() throws {
    for condition in [
      "...\nfun: cache::Store::load", "...\nfun: cache::Store::load(std::string const&)",
      "api: fopen", "mod: server\nsrc: src/cache.cc:203", "path: /var/cache/app/*.db",
      "fingerprint: \(Sample.suspect.fingerprint)", "owner: FILE",
    ] {
      #expect(try suppressed("x\n\(condition)").suppressions[0].sites == 1, "\(condition)")
    }
    var site = Sample.suspect
    for api in ["fopen64", "_IO_fopen"] {
      site.api = api
      let list = try SuppressionFile.parse("{\nx\napi: fopen\n}".utf8, file: "f")
      #expect(list[0].matches(site), "\(api)")
    }
  }

  @Test("Text counts them in the headline, and with all tells them in full")
  func text() throws {
    var report = try suppressed(sockets, "gone\nfun: gone", caches)
    #expect(
      Narrative(report).headline.hasPrefix(
        "No leak in what was traced; 1 call site holds 1 fd that looks intended. 1 program was not"
          + " traced."
          + " 2 call sites are suppressed (43 fds)."))
    #expect(!TextRenderer().render(report).contains("new_socket (inlined)"))
    #expect(
      TextRenderer().render(report).hasSuffix(
        """

        Unused suppressions
          gone (app.supp:7)

        """))
    report.includesAll = true
    let text = TextRenderer(style: TextStyle(usesUnicode: false)).render(report)
    #expect(
      text.contains(
        """
        SUPPRESSED  40 tcp sockets from socket() in new_socket at client.c:38
          [cac6d88a5414de0d]
          to 127.0.0.1:443 CLOSE (38 times), to 10.0.0.1:80, to 10.0.0.2:80
          why     Suppressed by 'the pool' (app.supp:1): ticket 812
                  The last thing that happened to 38 of 40 was that connect() failed
        """))
    #expect(text.contains("About 3 a second more stay open"))
  }

  @Test("Markdown counts them in the headline, and with all tells them in full")
  func markdown() throws {
    var report = try suppressed(sockets, "go|ne\nfun: gone")
    var text = MarkdownRenderer().render(report)
    #expect(
      text.hasPrefix(
        "# No certain leak; 1 call site is suspect (3 fds). 1 program was not traced."
          + " 1 call site is suppressed (40 fds)."))
    #expect(text.contains("## Unused suppressions\n\n- go\\|ne (app.supp:7)\n"))
    #expect(!text.contains("> new_socket"))
    report.includesAll = true
    text = MarkdownRenderer().render(report)
    #expect(text.contains("## SUPPRESSED: 40 tcp sockets"))
    #expect(text.contains("- Suppressed by 'the pool' (app.supp:1): ticket 812\n"))
  }

  @Test("JSON names what suppressed a site, as a fact and as a reason")
  func json() throws {
    let text = JSONRenderer().render(try suppressed(sockets, "gone\nfun: gone"))
    let report = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
    let sites = report["sites"] as! [[String: Any]]
    #expect(sites.map { $0["verdict"] as? String } == ["suspect", "held", "suppressed"])
    #expect(sites[0]["suppressed"] is NSNull)
    let by = sites[2]["suppressed"] as! [String: Any]
    #expect(by["name"] as? String == "the pool" && by["reason"] as? String == "ticket 812")
    #expect(by["file"] as? String == "app.supp" && by["line"] as? Int == 1)
    #expect(by["verdict"] as? String == "leak")
    let reason = (sites[2]["reasons"] as! [[String: Any]])[0]
    #expect(reason["code"] as? String == "suppressed" && reason["name"] as? String == "the pool")
    #expect(sites[2]["rate_quality"] as? String == "steady")
    let uses = report["suppressions"] as! [[String: Any]]
    #expect(uses.map { $0["sites"] as? Int } == [1, 0])
    #expect(uses.map { $0["fds"] as? Int } == [40, 0])
    #expect(uses.map { $0["name"] as? String } == ["the pool", "gone"])
    let summary = report["summary"] as! [String: Any]
    #expect(summary["leak_sites"] as? Int == 0 && summary["leaked_fds"] as? Int == 0)
    #expect(summary["suppressed_sites"] as? Int == 1 && summary["suppressed_fds"] as? Int == 40)
  }

  @Test("Names from a suppression file cannot control a terminal or become markup")
  func hostile() throws {
    var report = try suppressed("\u{1b}[31m<b>\nkind: tcp", "\u{1b}]0;x<i>\nfun: gone")
    report.includesAll = true
    for text in [TextRenderer().render(report), MarkdownRenderer().render(report)] {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
    }
    let markdown = MarkdownRenderer().render(report)
    #expect(!markdown.contains("<b>") && !markdown.contains("<i>"))
  }

  @Test("Every name of a call leads to that of its manual page")
  func callNames() {
    for name in ["open", "open64", "__open", "__open64", "__open_2", "__open64_2"] {
      #expect(CallName.plain(name) == "open")
    }
    for name in ["openat2", "accept4", "dup2", "pipe2", "epoll_create1", "inotify_init1"] {
      #expect(CallName.plain(name) == name)
    }
    #expect(CallName.plain("__openat64_2") == "openat")
    #expect(CallName.plain("_IO_file_fopen") == "file_fopen")
    #expect(CallName.plain("fts64_open") == "fts_open")
    #expect(CallName.plain("__vsyslog_chk") == "vsyslog")
    #expect(CallName.plain("__mq_open_2") == "mq_open")
    #expect(CallName.plain("__") == "__")
  }
}
