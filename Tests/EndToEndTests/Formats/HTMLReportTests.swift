import Foundation
import Testing

@Suite("HTML reports in a browser", .serialized)
struct HTMLReportTests {
  /// The sites that can be seen, by fingerprint.
  private static let shown = """
    js:[...document.querySelectorAll("[data-fingerprint]")].filter((s) => s.checkVisibility()) \
    .map((s) => `${s.dataset.fingerprint} ${s.dataset.verdict} ${s.dataset.live}`).join("\\n")
    """

  @Test(
    "Verdicts, counts and fingerprints are those of the JSON report",
    arguments: ["everything", "retry_bind"])
  func agreement(program: String) throws {
    try withScratch { folder in
      let report = try Self.trace(program, in: folder)
      let file = try writeHTML(of: folder + "/trace.bin", in: folder)
      let page = try browse(file, [Self.shown, "js:document.querySelector('h1').textContent"])
      let sites = report.sites.map { "\($0.fingerprint) \($0.verdict) \($0.live)" }
      #expect(page.results[0].split(separator: "\n").map(String.init) == sites)
      #expect(!sites.isEmpty)
      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      #expect(Self.words(text).starts(with: Self.words(page.results[1])))
      #expect(page.requests == ["file://\(file)"])
      #expect(page.logged.isEmpty, "\(page.logged)")
      #expect(try read(file).count < 300_000)
    }
  }

  @Test("No name in a trace runs, loads or hides anything")
  func hostile() throws {
    try withScratch { folder in
      let path = "<img src=x onerror=document.title='owned'>\"'\u{202e}gnp"
      let name = "</code><script>document.title='owned'</script><img src=http://127.0.0.1:9/>"
      _ = try track("markup", [folder, path, name], in: folder)
      let file = try writeHTML(of: folder + "/trace.bin", in: folder, ["--all"])
      let page = try browse(
        file,
        [
          "js:document.title", "js:String(document.scripts.length)",
          "js:String(document.querySelectorAll('img, link, iframe, base, [style]').length)",
          "js:document.querySelector('main').textContent",
        ])
      #expect(page.results[0].hasPrefix("fdtrack: 2 call sites leak 12 fds."))
      #expect(page.results[1...2] == ["1", "0"])
      // All of it is there as text: path, address, source file, function.
      let text = page.results[3]
      #expect(text.contains("<img src=x onerror=document.title='owned'>\"'\\u{202e}gnp"))
      #expect(text.contains("@0" + name))
      #expect(text.contains("<img src=x onerror=document.title='owned'>.c:7"))
      #expect(text.contains("<script>document.title=\"owned\"</script>"))
      #expect(page.requests == ["file://\(file)"])
      #expect(page.logged.isEmpty, "\(page.logged)")
    }
  }

  @Test("What gets into the file all the same is refused by its policy")
  func policy() throws {
    try withScratch { folder in
      _ = try Self.trace("everything", in: folder)
      let file = try writeHTML(of: folder + "/trace.bin", in: folder)
      let html = String(decoding: try read(file), as: UTF8.self)
      let meta = try #require(html.firstRange(of: /<meta http-equiv[^>]*>/))
      var open = html
      open.removeSubrange(meta)
      // Without the policy they do what they are there for: the test can fail.
      for (html, isOpen) in [(open, true), (html, false)] {
        // One each: what the first page asked for may come late.
        let server = try CountingServer()
        let url = "http://127.0.0.1:\(server.port)"
        let intruders = """
          <img src="\(url)/a" onerror="document.title = 'owned'"><link rel="stylesheet" \
          href="\(url)/b"><iframe src="\(url)/c"></iframe><script src="\(url)/d"></script>\
          <script>document.title = "owned"; fetch("\(url)/e")</script>\
          <p style="background: url(\(url)/f)">x</p>
          """
        try write(
          html.replacing("<main id=\"main\">", with: "<main id=\"main\">" + intruders), to: file)
        let page = try browse(file, ["js:document.title"])
        #expect((page.results == ["owned"]) == isOpen)
        #expect(server.wasAsked() == isOpen)
        #expect(page.logged.contains { $0.contains("Content Security Policy") } == !isOpen)
      }
    }
  }

  @Test(
    "A search or filter in the address shows what matches and nothing else",
    arguments: [
      ("#q=OPEN()+write_report", ["thread file"]), ("#verdict=suspect", ["pipe", "duplicate"]),
      ("#kind=pipe", ["pipe"]), ("#verdict=suspect&kind=file", ["duplicate"]),
      ("#q=leak_pipe&verdict=leak", []), ("#leaks", ["thread file", "pipe", "duplicate"]),
    ])
  func search(fragment: String, expected: [String]) throws {
    try Self.withEverything { report, file in
      let page = try browse(file, fragment: fragment, [Self.shown])
      let sites = try expected.map { marker in
        let site = try report.site(at: "LEAK: \(marker)", in: "everything.c")
        return "\(site.fingerprint) \(site.verdict) \(site.live)"
      }
      #expect(Set(page.results[0].split(separator: "\n").map(String.init)) == Set(sites))
      #expect(page.logged.isEmpty, "\(page.logged)")
    }
  }

  @Test("A filter by process leaves what it holds, and its way down the tree")
  func process() throws {
    try withHelperProgram("fork", helper: "inherit_child", parent: "keep") { trace, port, pid in
      let report = try report(on: trace)
      let helper = try report.process(pid: pid)
      try withScratch { folder in
        let file = try writeHTML(of: trace, in: folder)
        func shown(_ selector: String) -> String {
          "js:[...document.querySelectorAll('\(selector)')].filter((e) => e.checkVisibility())"
            + ".map((e) => e.textContent).join('\\n')"
        }
        let steps = ["#processes tbody tr", "#inheritance tbody[data-item]", ".tree li"].map(shown)
        let page = try browse(file, fragment: "#process=\(helper.id)", steps + [Self.shown])
        let rows = page.results[0].split(separator: "\n")
        #expect(rows.count == 1 && rows[0].hasPrefix("\(pid)"))
        #expect(page.results[1].contains(":\(port)"))
        // The parent, its forked child, and the helper that this became.
        #expect(page.results[2].contains("inherit_child"))
        #expect(report.sites.isEmpty == false)
        // The parent's sites are no business of the helper's.
        #expect(page.results[3] == "")
      }
    }
  }

  @Test("What is typed filters at once, goes into the address, and Escape takes it back")
  func typing() throws {
    try Self.withEverything { report, file in
      let count = "js:document.getElementById('matches').textContent"
      let page = try browse(
        file,
        ["key:/"] + "pipe2".map { "key:\($0)" }
          + [Self.shown, "js:location.hash", count, "key:Escape", Self.shown, "js:location.hash"])
      #expect(page.results[0].split(separator: "\n").count == 1)
      #expect(page.results[1] == "#q=pipe2")
      #expect(page.results[2].contains(/^1 of \d+ entries$/))
      #expect(page.results[3].split(separator: "\n").count == report.sites.count)
      #expect(page.results[4] == "#" || page.results[4] == "")
    }
  }

  @Test("Keys lead from finding to finding and unfold them, unless they are turned off")
  func keys() throws {
    try Self.withEverything { report, file in
      let here = "js:document.activeElement.closest('.site')?.dataset.fingerprint ?? ''"
      let open = "js:String(document.querySelectorAll('main details[open]').length)"
      let all = "js:String(document.querySelectorAll('main details').length)"
      let page = try browse(
        file,
        [
          "key:j", here, "key:j", here, "key:k", here, "key:o", open, "key:o", open, "key:x",
          open, all, "key:x", open, "js:String(document.getElementById('keys-on').click())",
          "key:j", here,
        ])
      let sites = report.sites.map(\.fingerprint)
      let results = page.results
      #expect(results[0...2] == [sites[0], sites[1], sites[0]])
      #expect(results[3] == "2")
      #expect(results[4] == "0")
      #expect(results[5] == results[6])
      #expect(results[7] == "0")
      #expect(results.last == sites[0])
    }
  }

  @Test("All of it can be read without JavaScript")
  func withoutScript() throws {
    try Self.withEverything { report, file in
      let page = try browse(
        file,
        [
          Self.shown, "js:[...document.querySelectorAll('[hidden]')].map((e) => e.id).join(' ')",
          "js:document.querySelector('main').textContent",
          // Unfolding needs none.
          "js:(document.querySelector('.stack summary').click(), 'clicked')",
          "js:String(document.querySelector('.stack li').checkVisibility())",
        ], options: ["--no-script"])
      #expect(page.results[0].split(separator: "\n").count == report.sites.count)
      // Nothing but what would do nothing.
      #expect(page.results[1] == "tools moment")
      for frame in report.sites.flatMap(\.stack) {
        #expect(page.results[2].contains(frame.function ?? ""))
      }
      #expect(page.results[4] == "true")
    }
  }

  @Test("On paper nothing is folded, with JavaScript or without", arguments: [[], ["--no-script"]])
  func paper(options: [String]) throws {
    try Self.withEverything { report, file in
      let paper = file + ".pdf"
      _ = try browse(file, [], options: options + ["--pdf", paper])
      let text = try run(["/usr/bin/pdftotext", "-layout", paper, "-"]).output
      let site = try report.site(at: "LEAK: pipe", in: "everything.c")
      for frame in site.stack { #expect(text.contains(frame.function ?? "")) }
      for fd in site.fds { #expect(text.contains(fd.name ?? "")) }
      #expect(!text.contains("Unfold all"))
    }
  }

  @Test(
    "Text stands out from its background, in the light and in the dark",
    arguments: [[], ["--dark"]])
  func contrast(options: [String]) throws {
    try Self.withEverything { _, file in
      let page = try browse(
        file, fragment: "#q=open", ["key:x", Self.worstContrast], options: options)
      let words = page.results[0].split(separator: " ", maxSplits: 1)
      // WCAG 2.2, success criterion 1.4.3, level AA.
      #expect(try #require(Double(words[0])) >= 4.5, "\(words)")
    }
  }

  @Test("Nothing but tables is wider than a telephone, which scroll by themselves")
  func narrow() throws {
    try Self.withEverything { _, file in
      let page = try browse(
        file,
        [
          "key:x",
          "js:`${document.documentElement.scrollWidth} ${document.documentElement.clientWidth}`",
        ], options: ["--width", "400"])
      #expect(page.results == ["400 400"])
    }
  }

  // MARK: Help

  /// Runs a program of the fixtures under the shim.
  private static func trace(_ program: String, in folder: String) throws -> Report {
    guard program == "retry_bind" else {
      return try track(program, [folder], in: folder).report
    }
    let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
    let port = try owner.readLine(after: "listening ")
    return try track("retry_bind", [port, "8"], in: folder).report
  }

  private static func withEverything(_ body: (Report, String) throws -> Void) throws {
    try withScratch { folder in
      let report = try trace("everything", in: folder)
      try body(report, try writeHTML(of: folder + "/trace.bin", in: folder))
    }
  }

  private static func words(_ text: String) -> [Substring] {
    text.split(whereSeparator: \.isWhitespace)
  }

  /// The lowest ratio of all visible text, and the text: the formulas are those of WCAG 2.2.
  private static let worstContrast = """
    js:(() => {
      const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
      const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      const light = ([r, g, b]) =>
        0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
      const behind = (element) => {
        for (let e = element; e; e = e.parentElement) {
          const color = numbers(getComputedStyle(e).backgroundColor);
          if (color[3] !== 0) return color;
        }
      };
      let worst = [99, ""];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest("script, svg, option, .skip")) continue;
        const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < worst[0]) worst = [ratio, walker.currentNode.data];
      }
      return worst.join(" ");
    })()
    """
}
