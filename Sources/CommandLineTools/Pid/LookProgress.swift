@preconcurrency import Glibc

/// Tells on a terminal's stderr how far a series of looks is.
struct LookProgress {
  private let total: Int
  private let isShown = Terminal.isTerminal(STDERR_FILENO)

  init(of total: Int) { self.total = total }

  func show(_ number: Int, _ count: Int) {
    if isShown { fputs("\rLook \(number) of \(total): \(count) fds\u{1b}[K", Glibc.stderr) }
  }

  func clear() { if isShown { fputs("\r\u{1b}[K", Glibc.stderr) } }
}
