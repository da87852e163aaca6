// symbolize-program FILE < ADDRESSES: what the analyzer finds at link-time addresses of FILE,
// which has no build-id, one a line in hexadecimal; in the form of llvm-symbolizer: function and
// place of each frame, innermost first, then an empty line. For measuring, and for comparing
// the two.
@preconcurrency import Glibc
import Symbolication

guard CommandLine.arguments.count == 2 else {
  fputs("usage: symbolize-program FILE < ADDRESSES\n", stderr)
  exit(2)
}
var addresses: [UInt64] = []
while let line = readLine() {
  if let address = UInt64(line.hasPrefix("0x") ? line.dropFirst(2) : line[...], radix: 16) {
    addresses.append(address)
  }
}
let module = ModuleIdentity(path: CommandLine.arguments[1], buildID: [])
let symbols = Symbolizer().symbolize([.init(module: module, addresses: addresses)])[0]
var output = ""
for address in addresses {
  for frame in symbols.frames(at: address) {
    output += (frame.function ?? "??") + "\n"
    output += "\(frame.file ?? "??"):\(frame.line ?? 0):\(frame.column ?? 0)\n"
  }
  output += "\n"
}
print(output, terminator: "")
