import Glibc
import Watching

/// The terminal while it shows a screen: keys come one by one and unseen, on the alternate screen
/// and without a cursor. `leave` gives it back as it was.
struct WatchTerminal: ~Copyable {
  private let input: Int32
  private let output: Int32
  private let original: termios
  private let usesColor: Bool
  private var hasEntered = false
  /// What the screen shows, by row; nil where that is not known.
  private var shown: [String?] = []

  /// nil when one of the two is no terminal.
  init?(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, usesColor: Bool) {
    var original = termios()
    guard isatty(output) == 1, tcgetattr(input, &original) == 0 else { return nil }
    (self.input, self.output, self.original) = (input, output, original)
    self.usesColor = usesColor
  }

  var size: WatchState.Size {
    var size = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return .init(columns: 80, rows: 24)
    }
    return .init(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Also after a stop, when a shell has set the terminal in its own way.
  mutating func enter() {
    var mode = original
    // The keys of signals stay what they are.
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
    mode.c_iflag &= ~tcflag_t(ICRNL | INLCR)
    withUnsafeMutableBytes(of: &mode.c_cc) {
      $0[Int(VMIN)] = 1
      $0[Int(VTIME)] = 0
    }
    set(mode)
    // Once: a second time would save the cursor of the alternate screen.
    if !hasEntered { send(Self.alternateScreen) }
    send(Self.hideCursor + Self.clear)
    hasEntered = true
    shown = []
  }

  mutating func leave() {
    guard hasEntered else { return }
    hasEntered = false
    // What was typed meanwhile was meant for the screen; what is typed when that is gone is not.
    tcflush(input, TCIFLUSH)
    // In the background it is the shell that has set it.
    if isForeground { set(original) }
    send(Self.noStyle + Self.showCursor + Self.usualScreen)
  }

  /// False while the terminal belongs to another job, so that its modes are not ours to set.
  var isForeground: Bool {
    let group = tcgetpgrp(input)
    return group < 0 || group == getpgrp()
  }

  /// Shows one line in each row. Given up when `interrupt` becomes readable while the terminal
  /// takes no output.
  mutating func draw(_ lines: [WatchLine], interrupt: Int32) {
    var text = ""
    if shown.count != lines.count {
      text += Self.clear
      shown = Array(repeating: "", count: lines.count)
    }
    for (row, line) in lines.enumerated() {
      let styled = styled(line)
      guard shown[row] != styled else { continue }
      text += "\u{1b}[\(row + 1);1H" + styled + Self.noStyle + Self.clearToEnd(of: line)
      shown[row] = styled
    }
    if !text.isEmpty, !send(text, interrupt: interrupt) { shown = [] }
  }

  // MARK: Sequences

  private static let alternateScreen = "\u{1b}[?1049h"
  private static let usualScreen = "\u{1b}[?1049l"
  private static let hideCursor = "\u{1b}[?25l"
  private static let showCursor = "\u{1b}[?25h"
  private static let clear = "\u{1b}[H\u{1b}[2J"
  private static let noStyle = "\u{1b}[0m"

  /// Not in a row that is full: the cursor still stands on its last character.
  private static func clearToEnd(of line: WatchLine) -> String { line.isFull ? "" : "\u{1b}[K" }

  private func styled(_ line: WatchLine) -> String {
    guard usesColor else { return line.text }
    if line.isChosen { return "\u{1b}[7m" + line.text }
    return line.spans.map { span in
      Self.parameters(of: span.role).map { "\u{1b}[\($0)m\(span.text)\(Self.noStyle)" }
        ?? span.text
    }.joined()
  }

  /// SGR (ECMA-48), from the basic set, which follows the terminal's own palette.
  private static func parameters(of role: WatchLine.Role) -> String? {
    switch role {
    case .plain: nil
    case .strong: "1"
    case .faint: "2"
    case .label: "36"
    case .good: "32"
    case .warning: "33"
    case .alarm: "1;31"
    }
  }

  // MARK: System calls

  private func set(_ mode: termios) {
    var mode = mode
    // Should the terminal have gone to another job meanwhile, this must not stop the process.
    var stop = sigset_t()
    var previous = sigset_t()
    sigemptyset(&stop)
    sigaddset(&stop, SIGTTOU)
    pthread_sigmask(SIG_BLOCK, &stop, &previous)
    while tcsetattr(input, TCSANOW, &mode) != 0, errno == EINTR {}
    pthread_sigmask(SIG_SETMASK, &previous, nil)
  }

  /// A terminal that is stopped (Ctrl-S) takes no output, and a write would wait for it: small
  /// pieces, each when there is room, so that a signal is heard.
  /// - Returns: false when not all was sent.
  @discardableResult
  private func send(_ text: String, interrupt: Int32? = nil) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      var waits = [
        pollfd(fd: output, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      // Without anybody to interrupt it, the terminal gets a moment, not for ever.
      let ready = poll(&waits, 2, interrupt == nil ? Self.patience : -1)
      if ready < 0, errno == EINTR { continue }
      guard waits[0].revents != 0 else { return false }
      let count = rest.prefix(Self.piece).withUnsafeBytes {
        write(output, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static let piece = 512
  private static let patience: Int32 = 200
}
