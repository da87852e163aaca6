import Foundation
import Testing

@testable import Reporting

@Suite("Paths as URIs")
struct FileURITests {
  @Test(
    "A file below a folder is told relative to it",
    arguments: [
      ("/srv/app/src/a.c", "/srv/app", "src/a.c"),
      ("/srv/app/src/a.c", "/srv/app/", "src/a.c"),
      ("/srv/app/./src//../b.c", "/srv/app", "b.c"),
      ("src/a.c", "/srv/app", "src/a.c"),
      ("./a.c", "/", "a.c"),
      ("/a.c", "/", "a.c"),
      ("/srv/app/c++/x:y 1.c", "/srv/app", "c++/x%3Ay%201.c"),
    ])
  func relative(path: String, folder: String, uri: String) {
    #expect(FileURI.relative(path, to: folder) == uri)
  }

  @Test(
    "What is not below a folder is not",
    arguments: [
      ("/srv/application/a.c", "/srv/app"), ("/srv/app/../a.c", "/srv/app"),
      ("/srv/app", "/srv/app"),
      ("../a.c", "/srv/app"), ("a/../../b.c", "/srv/app"), ("a.c", "relative"), ("", "/srv/app"),
      (".", "/srv/app"),
    ])
  func outside(path: String, folder: String) {
    #expect(FileURI.relative(path, to: folder) == nil)
  }

  @Test("Each byte that a segment may not have is encoded, and the path comes back")
  func encoding() {
    let path = "/a b/100%/x?y#z/[é]/\u{1}\\\"<>^`{|}/c:d/~-._!$&'()*+,;=@"
    let uri = FileURI.file(path)
    #expect(
      uri == "file:///a%20b/100%25/x%3Fy%23z/%5B%C3%A9%5D/%01%5C%22%3C%3E%5E%60%7B%7C%7D/c%3Ad/"
        + "~-._!$&'()*+,;=@")
    #expect(uri.flatMap(URL.init)?.path == path)
    #expect(FileURI.folder("/") == "file:///" && FileURI.folder("/a b") == "file:///a%20b/")
    #expect(FileURI.file("/..//.") == nil && FileURI.file("a.c") == nil)
    #expect(FileURI.file("/../a") == "file:///a")
  }
}
