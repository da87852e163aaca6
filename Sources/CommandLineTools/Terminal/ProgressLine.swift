import Glibc
import Reporting
import Symbolication

/// Tells how far the reading of symbols is, in one line of a terminal's stderr that goes away
/// again; nothing for what is quick, nothing elsewhere.
struct ProgressLine {
  private static let patience = Duration.milliseconds(500)
  private static let interval = Duration.milliseconds(100)

  private let isShown = Terminal.isTerminal(STDERR_FILENO)
  private var next = ContinuousClock.now + Self.patience
  private var isDrawn = false

  mutating func show(_ progress: Symbolizer.Progress) {
    guard isShown, ContinuousClock.now >= next else { return }
    next = .now + Self.interval
    isDrawn = true
    let percent =
      progress.addressesTotal > 0 ? progress.addressesDone * 100 / progress.addressesTotal : 0
    let name = progress.module.split(separator: UInt8(ascii: "/")).last ?? []
    let module = VisibleText.escaped(String(decoding: name.prefix(40), as: UTF8.self))
    write("\rReading symbols: \(percent)% (\(module))\u{1b}[K")
  }

  mutating func clear() {
    if isDrawn { write("\r\u{1b}[K") }
    isDrawn = false
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
