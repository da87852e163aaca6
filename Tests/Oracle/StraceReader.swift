/// Reads what `strace -f -k -o FILE` writes.
///
/// A call that another thread's line interrupts is printed in two halves, which
/// are joined again; the stack follows the line of the return.
public struct StraceReader {
  private var log = StraceLog()
  private var line = 0
  /// The first halves of calls that have not returned, and their index.
  private var pending: [Int: (text: String, index: Int)] = [:]
  /// The call whose stack follows.
  private var latest: Int?
  private var frames: [String: StackFrame] = [:]

  public static func read(_ bytes: some Collection<UInt8>) -> StraceLog {
    var reader = Self()
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      reader.line += 1
      reader.take(String(decoding: line, as: UTF8.self))
    }
    return reader.log
  }

  private mutating func take(_ text: String) {
    if text.hasPrefix(" > ") {
      if let latest, let frame = frame(text) { log.calls[latest].stack.append(frame) }
      return
    }
    latest = nil
    guard let space = text.firstIndex(of: " "), let thread = Int(text[..<space]) else { return }
    let rest = text[space...].drop { $0 == " " }
    if rest.hasPrefix("+++ ") {
      end(of: thread, rest)
    } else if rest.hasPrefix("<... ") {
      resume(thread, rest)
    } else if !rest.hasPrefix("--- ") {
      begin(thread, rest)
    }
  }

  private mutating func end(of thread: Int, _ text: Substring) {
    let status = text.hasPrefix("+++ exited with ") ? Int(leading: String(text.dropFirst(16))) : nil
    if !text.hasPrefix("+++ superseded") {
      pending[thread] = nil
      log.events.append(.ended(thread: thread, status: status, line: line))
    }
    latest = log.calls.lastIndex { $0.thread == thread && $0.name.hasPrefix("exit") }
  }

  private mutating func begin(_ thread: Int, _ text: Substring) {
    guard let open = text.firstIndex(of: "(") else { return }
    let index = log.calls.count
    log.calls.append(SystemCall(thread: thread, name: String(text[..<open]), entered: line))
    log.events.append(.entered(index))
    latest = index
    let unfinished = " <unfinished ...>"
    if text.hasSuffix(unfinished) {
      let half = String(text[open...].dropLast(unfinished.count))
      pending[thread] = (half, index)
      log.calls[index].arguments = StraceArguments.split(half).arguments
    } else {
      finish(index, String(text[open...]))
    }
  }

  private mutating func resume(_ thread: Int, _ text: Substring) {
    guard let half = pending.removeValue(forKey: thread), let end = text.firstIndex(of: ">") else {
      return
    }
    let rest = text[text.index(after: end)...]
    latest = half.index
    if rest.hasSuffix("<unfinished ...>) = ?") { return }  // it died in the call
    finish(half.index, half.text + rest)
  }

  /// `text` is what follows the name: `(3, F_GETFD) = 0`.
  private mutating func finish(_ index: Int, _ text: String) {
    let (arguments, rest) = StraceArguments.split(text)
    log.calls[index].arguments = arguments
    log.calls[index].returned = line
    let words = rest.drop { $0 == " " || $0 == "=" }.split(separator: " ", maxSplits: 2)
    log.calls[index].result = words.first.flatMap { Int(leading: String($0)) }
    if log.calls[index].result == -1 && words.count > 1 {
      log.calls[index].error = String(words[1])
    }
    log.events.append(.returned(index))
  }

  /// ` > /usr/lib/libc.so.6(dup2+0x7) [0xf8aa7]`
  private mutating func frame(_ text: String) -> StackFrame? {
    if let known = frames[text] { return known }
    guard let open = text.lastIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { return nil }
    let path = text[..<open]
    let symbol = text[text.index(after: open)..<close].prefix { $0 != "+" && $0 != "@" }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let frame = StackFrame(module: name, function: String(symbol))
    frames[text] = frame
    return frame
  }
}
