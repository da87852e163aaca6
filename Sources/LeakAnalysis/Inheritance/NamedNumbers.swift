import TraceModel

/// Numbers of descriptors that programs are told by their arguments: to whom a number is told,
/// the descriptor is given.
struct NamedNumbers {
  /// By `TracedProcess.id`.
  private var numbers: [Int: Set<Int>] = [:]

  init(_ population: Population) {
    for process in population.processes where process.how.isProgramStart {
      let isByShell = process.parent.flatMap { population[$0] }?.isShell ?? false
      let program = process.argv.first.map { $0.split(separator: "/").last ?? "" } ?? ""
      let takesNumbers = Self.numberTakers.contains(String(program))
      let named = process.argv.dropFirst().flatMap { argument in
        // A number alone may be any; `exec {lock}>file; flock $lock` is how scripts pass one.
        Self.paths(in: argument) + (isByShell && !takesNumbers ? Self.word(argument) : [])
      }
      if !named.isEmpty { numbers[process.id] = Set(named) }
    }
  }

  /// Programs of every system for which a number is a time, a count or a process; but none that run
  /// another, which may be given one.
  private static let numberTakers: Set<String> = [
    "[", "cut", "expr", "factor", "false", "fold", "head", "kill", "nproc", "renice", "seq", "shuf",
    "sleep", "split", "tail", "test", "true", "truncate", "usleep",
  ]

  func contain(_ fd: Int, toldTo process: Int) -> Bool { numbers[process]?.contains(fd) ?? false }

  /// As in `/dev/fd/63`, `--input=/proc/self/fd/5`.
  private static func paths(in argument: String) -> [Int] {
    ["/dev/fd/", "/proc/self/fd/"].flatMap { folder in
      argument.utf8.ranges(of: folder.utf8).compactMap { range in
        Int(Substring(argument.utf8[range.upperBound...].prefix(while: isDigit)))
      }
    }
  }

  private static func word(_ argument: String) -> [Int] {
    guard argument.utf8.allSatisfy(isDigit), let number = Int(argument) else { return [] }
    return [number]
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
