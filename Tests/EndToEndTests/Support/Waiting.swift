import Foundation

/// Asks again and again until `condition` holds.
///
/// - Throws: `TestFailure` with `complaint` when that takes longer than ``Launched/patience``.
func wait(
  or complaint: @autoclosure () -> String, until condition: () throws -> Bool
) throws {
  let deadline = Date() + Launched.patience
  while try !condition() {
    guard Date() < deadline else { throw TestFailure(complaint()) }
    usleep(10_000)
  }
}

/// What a file of /proc tells; empty when it is not there, or not any more.
func proc(_ path: String) -> String {
  (try? String(contentsOfFile: "/proc/" + path, encoding: .utf8)) ?? ""
}
