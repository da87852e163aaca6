import Testing

@testable import Reporting

@Suite("Who called the function in which something happened")
struct CallersTests {
  private static func stack(_ functions: String..., in module: String = "/srv/app/server")
    -> Report.Stack
  {
    Report.Stack(
      frames: functions.enumerated().map { index, function in
        Sample.frame(
          function, "/src/\(function).c", index + 1, module: module, offset: UInt64(index + 16))
      })
  }
  private static let site = site(opened: stack("new_socket", "dial", "main"))

  private static func site(opened: Report.Stack, closed: Report.Stack...) -> Report.Site {
    var site = Report.Site(id: 1)
    site.stack = opened
    site.closers = closed.map { .init(api: "close", stack: $0, count: 1) }
    return site
  }

  @Test("Of a function that had part in the opening, its own place says all")
  func own() {
    let phrase = Self.site.placePhrase(of: Self.stack("dial", "main"))
    #expect(phrase == " in dial at dial.c:1")
  }

  @Test("Of one that serves others, the caller that had part is told")
  func served() {
    let phrase = Self.site.placePhrase(of: Self.stack("wait_for", "dial", "main"))
    #expect(phrase == " in wait_for at wait_for.c:1, called by dial at dial.c:2")
  }

  @Test("One that closes others is the place, and so is the caller that does")
  func closing() {
    let opened = Self.stack("next_client", "main")
    let site = Self.site(opened: opened, closed: Self.stack("close_it", "serve", "main"))
    #expect(site.placePhrase(of: Self.stack("serve", "main")) == " in serve at serve.c:1")
    #expect(
      site.placePhrase(of: Self.stack("read_all", "serve", "main"))
        == " in read_all at read_all.c:1, called by serve at serve.c:2")
  }

  @Test("With more in between, the caller and the first that had part are told")
  func between() {
    let stack = Self.stack("read_byte", "read_line", "ask", "dial", "main")
    #expect(
      Self.site.placePhrase(of: stack)
        == " in read_byte at read_byte.c:1, called by read_line at read_line.c:2 for dial at dial.c:4"
    )
  }

  @Test("Where nobody had part, as in another thread, the caller is told")
  func elsewhere() {
    let phrase = Self.site.placePhrase(of: Self.stack("read_all", "serve", "work"))
    #expect(phrase == " in read_all at read_all.c:1, called by serve at serve.c:2")
    #expect(Self.site.placePhrase(of: Self.stack("serve")) == " in serve at serve.c:1")
  }

  @Test("Functions of one name in two modules are not one")
  func modules() {
    let other = Self.stack("dial", in: "/srv/app/plugin.so")
    let stack = Report.Stack(frames: other.frames + Self.stack("main").frames)
    #expect(
      Self.site.placePhrase(of: stack) == " in dial at dial.c:1, called by main at main.c:1")
  }

  @Test("Without the stack of the opening, or names, nobody is told")
  func unknown() {
    let stack = Self.stack("wait_for", "dial", "main")
    #expect(Self.site(opened: .missing).placePhrase(of: stack) == " in wait_for at wait_for.c:1")
    var bare = stack
    bare.frames[0].function = nil
    #expect(Self.site.placePhrase(of: bare) == bare.placePhrase)
    #expect(Self.site.placePhrase(of: .missing).isEmpty)
  }
}
