import Foundation

@testable import Symbolication

/// A folder that goes away with its owner, and the tools of the C toolchain to fill it.
final class Fixture {
  struct ToolFailed: Error { var command: [String], output: String }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("fdtrack-symbols-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Runs a tool in the folder and returns what it printed.
  @discardableResult
  func run(_ command: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw ToolFailed(command: command, output: text) }
    return text
  }

  /// Writes `source` and compiles it to `name`.
  func compile(_ source: String, as file: String, to name: String, with flags: [String]) throws {
    try source.write(toFile: path(file), atomically: true, encoding: .utf8)
    let compiler = file.hasSuffix(".c") ? "cc" : "c++"
    let line = ([compiler] + flags + [file, "-o", name, "-Wl,--build-id"])
      .joined(separator: " ")
    try run("sh", "-c", line)
  }

  /// The link-time address of a symbol.
  func address(of symbol: String, in name: String) throws -> UInt64 {
    for line in try run("nm", name).split(separator: "\n") {
      let fields = line.split(separator: " ")
      if fields.count == 3, fields[2] == symbol { return UInt64(fields[0], radix: 16)! }
    }
    throw ToolFailed(command: ["nm", name], output: "no symbol \(symbol)")
  }

  func buildID(of name: String) throws -> [UInt8] {
    let text = try run("readelf", "-n", name)
    let id = text.split(separator: "\n").first { $0.contains("Build ID:") }!
      .split(separator: " ").last!
    return stride(from: 0, to: id.count, by: 2).map {
      let start = id.index(id.startIndex, offsetBy: $0)
      return UInt8(id[start..<id.index(start, offsetBy: 2)], radix: 16)!
    }
  }

  func identity(of name: String) throws -> ModuleIdentity {
    ModuleIdentity(path: path(name), buildID: try buildID(of: name))
  }
}

extension Symbolizer {
  /// Looks up one address in one module.
  func look(_ module: ModuleIdentity, _ address: UInt64) -> (ModuleSymbols.Status, [SourceFrame]) {
    let symbols = symbolize([Request(module: module, addresses: [address])])[0]
    return (symbols.status, symbols.frames(at: address))
  }
}

/// Labels in the code give the tests addresses that no optimizer moves off their line.
enum Sources {
  static let inlining = """
    #define HERE(name) __asm__ volatile(".globl " #name "\\n" #name ": nop")
    static inline __attribute__((always_inline)) void innermost(void) {
      HERE(inside);
    }
    static inline __attribute__((always_inline)) void middle(void) {
      innermost();
    }
    __attribute__((noinline)) void outer(void) {
      middle();
      HERE(after);
    }
    static __attribute__((noinline)) void hidden(void) {
      HERE(concealed);
    }
    int main(void) {
      outer();
      hidden();
      return 0;
    }

    """

  static let cplusplus = """
    #include <string>
    #define HERE(name) __asm__ volatile(".globl " #name "\\n" #name ": nop")
    namespace net {
    template <typename T> struct Pool {
      __attribute__((noinline)) int acquire(const std::string &host, T port) {
        HERE(acquiring);
        return (int)host.size() + (int)port;
      }
    };
    }
    namespace {
    __attribute__((noinline)) int local(int n) {
      auto twice = [](int m) __attribute__((noinline)) { HERE(in_lambda); return m * 2; };
      return twice(n);
    }
    }
    int main(int argc, char **argv) {
      net::Pool<short> pool;
      return pool.acquire(argv[0], 80) + local(argc);
    }

    """

  static let closures = """
    #define HERE(name) __asm__ volatile(".globl " #name "\\n" #name ": nop")
    #define INLINED __attribute__((always_inline))
    namespace {
    __attribute__((noinline)) void first() {
      auto closure = []() INLINED { HERE(in_first); };
      closure();
    }
    template <typename T> __attribute__((noinline)) void second() {
      auto closure = []() INLINED { HERE(in_second); };
      closure();
    }
    struct Functor {
      INLINED void operator()() const { HERE(in_functor); }
    };
    auto global = []() INLINED { HERE(in_global); };
    }
    int main() {
      first();
      second<int>();
      Functor()();
      global();
      auto outer = []() INLINED {
        auto inner = []() INLINED { HERE(in_inner); };
        inner();
      };
      outer();
      return 0;
    }

    """
}
