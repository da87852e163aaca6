import Testing

@testable import Symbolication

@Suite("Function names")
struct FunctionNameTests {
  @Test(
    "Names are demangled in their own language",
    arguments: [
      ("main", "main"),
      ("_ZN3net4Pool7acquireEv", "net::Pool::acquire()"),
      (
        "_Z4openRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
        "open(std::string const&)"
      ),
      ("_ZN3std2fs4File4open17h0123456789abcdefE", "std::fs::File::open"),
      (
        "_ZN4core3ops8function6FnOnce9call_once17h4c6b3e6f4c9d1a2bE",
        "core::ops::function::FnOnce::call_once"
      ),
      ("_RNvC6_123foo3bar", "123foo::bar"),
      ("_RNvNtCs1234_7mycrate4file4open", "mycrate::file::open"),
      ("$s4main5greetyySS_tF", "main.greet(Swift.String) -> ()"),
      ("$s4main6ServerC5startyyYaF", "main.Server.start() async -> ()"),
      ("_Znonsense", "_Znonsense"),
      ("_R", "_R"),
      ("$s", "$s"),
      ("", ""),
    ])
  func demangling(mangled: String, name: String) {
    #expect(FunctionName.tidy(mangled) == name)
  }

  @Test(
    "Pieces and copies of a function have the function's name",
    arguments: [
      ("parse.part.0", "parse"),
      ("parse.cold", "parse"),
      ("parse.partial.part.0", "parse.partial"),
      ("parse.constprop.0.isra.1.part.2.cold", "parse"),
      ("parse.llvm.1234567", "parse"),
      ("_Z5parsei.constprop.0", "parse(int)"),
      ("_Z5parsei.cold", "parse(int)"),
      ("memcpy@@GLIBC_2.14", "memcpy"),
      ("$s4main5greetyySS_tFTm", "main.greet(Swift.String) -> ()"),
      ("$s4main5greetyySS_tFTf4d_n", "main.greet(Swift.String) -> ()"),
      ("$s4main3putyyxlFSi_Tg5", "main.put<A>(A) -> ()"),
      ("$s4main3putyyxlFyyc_Tg5", "main.put<A>(A) -> ()"),
      ("read.particular", "read.particular"),
      (".part.0", ".part.0"),
      ("@odd", "@odd"),
    ])
  func suffixes(symbol: String, name: String) {
    #expect(FunctionName.tidy(symbol) == name)
  }

  @Test("A name that would expand without end is cut")
  func expansion() {
    // f(pair<pair<…>, pair<…>>): each level refers to the one below twice.
    var mangled = "_Z1fSt4pairIiiE"
    for level in 0..<40 {
      let reference = String(level, radix: 36, uppercase: true)
      mangled += "St4pairIS\(reference)_S\(reference)_E"
    }
    let name = FunctionName.tidy(mangled)
    #expect(name.utf8.count <= FunctionName.byteLimit)
    #expect(name.hasPrefix("f(std::pair<"))
  }

  @Test("A Swift name that would expand without end stays mangled")
  func swiftExpansion() {
    // [[Int: Int]: [Int: Int]] and so on: each level refers to the one below.
    func nested(_ levels: Int) -> String {
      let references = (0..<levels).map { level -> String in
        level < 24 ? "A\(Character(Unicode.Scalar(UInt8(67 + level))))G" : "A\(level - 24)_G"
      }
      return "$s1a1fyy" + String(repeating: "SDy", count: levels) + "SDySiSiG"
        + references.joined() + "F"
    }
    #expect(FunctionName.tidy(nested(1)).hasPrefix("a.f(Swift.Dictionary<Swift.Dictionary<"))
    #expect(FunctionName.tidy(nested(12)).utf8.count == FunctionName.byteLimit)
    for levels in [22, 40, 120] { #expect(FunctionName.tidy(nested(levels)) == nested(levels)) }
    let repeated = "$s1a1fyyS2000iF"
    #expect(FunctionName.tidy(repeated) == repeated)
  }

  @Test("Names as the Swift compiler makes them are within the bounds")
  func swiftCompilerNames() {
    let names = [
      "$s13Symbolication14AddressRangesV4find3low5values6UInt64V_xtSgAG_tF",
      "$s10TraceBytesAAV11checkedSize33_E2998B9A12A5921C6B8B396A91A1E9B3LL2ofs6UInt64V13System"
        + "Package14FileDescriptorV_tAA0A5ErrorOYKFZ",
      "$ss17FixedWidthIntegerPsE15_parseFromASCII4from5radixxSgSRys5UInt8VG_SitFZ",
      "$sSo8NSStringC10FoundationE13localizedName2of8encodingSSSo16NSStringEncodinga_AItFZ",
    ]
    for name in names { #expect(SwiftMangling.isBounded(name), "\(name)") }
  }

  @Test("A name longer than the limit is cut without being demangled")
  func tooLong() {
    let name = "_ZN" + String(repeating: "1a", count: 2000) + "Ev"
    #expect(FunctionName.tidy(name).utf8.count == FunctionName.byteLimit)
    let fromFile = name.withCString { FunctionName.tidy($0) }
    #expect(fromFile?.utf8.count == FunctionName.byteLimit)
  }

  @Test(
    "Source paths lose what build systems leave in them",
    arguments: [
      ("/src/build/../lib/./a.c", "/src/lib/a.c"),
      ("../lib/a.c", "../lib/a.c"),
      ("./a.c", "a.c"),
      ("/../a.c", "/a.c"),
      ("//a//b.c", "/a/b.c"),
      ("a/../../b.c", "../b.c"),
    ])
  func paths(recorded: String, tidied: String) {
    #expect(SourcePath.tidy(recorded) == tidied)
  }
}
