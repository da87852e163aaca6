import Glibc
import Reporting
import Watching

/// `fdtrack watch` on a terminal: looks, draws, and does what keys and signals say.
struct WatchScreen: ~Copyable {
  private var source: WatchSource
  private var terminal: WatchTerminal
  private let signals: WatchSignals
  private let wakes: WakePipe
  private var pace: WatchPace
  private var state: WatchState
  private var stacks: WatchStacks
  private var keys = WatchKeyDecoder()
  private let usesUnicode: Bool
  private var failure: ReportFailure?

  /// nil where there is no terminal to show a screen on.
  init?(
    _ source: consuming WatchSource, pid: Int?, pace: WatchPace, style: TextStyle
  ) {
    guard let terminal = WatchTerminal(usesColor: style.usesColor), let wakes = WakePipe(),
      let signals = WatchSignals()
    else { return nil }
    state = WatchState(size: terminal.size, pid: pid)
    stacks = WatchStacks(wakes: wakes.writeEnd)
    self.source = source
    self.terminal = terminal
    self.signals = signals
    self.wakes = wakes
    self.pace = pace
    usesUnicode = style.usesUnicode
  }

  /// Until somebody quits, or the looks that were asked for are done.
  /// - Throws: ``ReportFailure`` when the trace became unusable.
  mutating func run() throws(ReportFailure) {
    // Before the screen: what cannot be watched at all is told in the usual way.
    try look()
    resume()
    while !isOver {
      show()
      wait()
      if !answerSignals() || !answerKeys() { break }
      if pace.isDue, state.ending == nil { lookOn() }
    }
    terminal.leave()
    if let failure { throw failure }
  }

  private var isOver: Bool { pace.isDone && state.ending == nil }

  // MARK: Looking

  private mutating func look() throws(ReportFailure) {
    let pid = state.pid
    let look = try pace.measure { () throws(ReportFailure) in try source.look(pid: pid) }
    state.take(look.sample)
    state.remark = look.remark
    state.ending = look.ending.map { .init($0.text + " q quits.") }
  }

  private mutating func lookOn() {
    do throws(ReportFailure) {
      try look()
    } catch {
      failure = error
      state.ending = .init("\(error.description). q quits.", isFailure: true)
    }
  }

  private mutating func show() {
    state.stacks = stacks.stacks(
      of: state.shownSites, whole: state.screen == .stack, from: &source)
    terminal.draw(
      WatchFrame(state, usesUnicode: usesUnicode).lines, interrupt: signals.descriptor)
  }

  // MARK: Waiting

  /// Milliseconds after an ESC in which the rest of a sequence comes, if it is one.
  private static let escapePatience: Int32 = 50

  private mutating func wait() {
    var waits = [STDIN_FILENO, signals.descriptor, wakes.readEnd].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    var timeout = state.ending == nil ? pace.millisecondsLeft : -1
    if keys.isWaiting { timeout = Self.escapePatience }
    poll(&waits, nfds_t(waits.count), timeout)
    wakes.drain()
  }

  /// - Returns: false when it is time to end.
  private mutating func answerKeys() -> Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 0) > 0 else { return answer([keys.flush()].compactMap(\.self)) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return true }
    // The terminal is gone.
    guard count > 0 else { return false }
    return answer(keys.decode(bytes[..<count]))
  }

  private mutating func answer(_ keys: [WatchKey]) -> Bool {
    for key in keys {
      switch state.press(key) {
      case .none: break
      case .quit: return false
      case .refresh: if state.ending == nil { lookOn() }
      }
    }
    return true
  }

  /// - Returns: false when it is time to end.
  private mutating func answerSignals() -> Bool {
    while let signal = signals.next() {
      switch signal {
      case SIGWINCH: state.size = terminal.size
      case SIGTSTP:
        terminal.leave()
        signals.act(on: SIGTSTP)
        resume()
      case SIGCONT: resume()
      default: end(by: signal)
      }
    }
    return true
  }

  /// Takes the terminal, as soon as it is given.
  private mutating func resume() {
    while !terminal.isForeground {
      // Nothing that ends this process has to wait for the foreground.
      while let signal = signals.next() {
        if ![SIGWINCH, SIGTSTP, SIGCONT].contains(signal) { end(by: signal) }
      }
      signals.act(on: SIGTTOU)
    }
    terminal.enter()
    state.size = terminal.size
  }

  /// Ends as the signal would have, with the terminal as it was.
  private mutating func end(by signal: Int32) {
    terminal.leave()
    signals.act(on: signal)
    exit(128 + signal)
  }
}
