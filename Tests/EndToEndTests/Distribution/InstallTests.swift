import Foundation
import Testing

@Suite("The installation")
struct InstallTests {
  /// All that is below a folder.
  private func contents(of folder: String) throws -> [String] {
    try shell("find \(folder) -mindepth 1 -printf '%P\\n' | sort")
      .split(separator: "\n").map(String.init)
  }

  @Test(
    "A program is traced from where fdtrack is installed, wherever the prefix has its libraries",
    arguments: ["lib", "lib/x86_64-linux-gnu", "lib64"])
  func traces(libraries: String) throws {
    try withInstalled("--strip --libdir \(libraries)") { prefix in
      let fixture = try Project.fixture("manners")
      let traced = try run(
        [prefix + "/bin/fdtrack", "run", "--fail-on-leak", "--", fixture, "leak"], folder: prefix)
      #expect(traced.status == .exit(1))
      let line = try Project.line(of: "LEAK: manners", in: "manners.c")
      #expect(traced.errors.contains("manners.c:\(line)"), "\(traced.errors)")

      let report = try run([prefix + "/bin/fdtrack-report", "trace.bin"], folder: prefix)
      #expect(report.output.contains("manners.c:\(line)"), "\(report.errors)")
    }
  }

  @Test("The programs and the recorder need no Swift where they are installed")
  func libraries() throws {
    try withInstalled { prefix in
      let needed = try shell(
        "readelf -dW bin/* lib/*.so | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'", in: prefix)
      #expect(needed.contains("libdw.so"))
      #expect(!needed.lowercased().contains("swift") && !needed.contains("Foundation"), "\(needed)")
    }
  }

  @Test("A program that says what it does is compiled with the installed header, and runs")
  func header() throws {
    try withInstalled { prefix in
      try write(
        "#include <fdtrack.h>\nint main(void) { fdtrack_mark(\"main\"); return 0; }\n",
        to: prefix + "/marks.c")
      try shell("cc -Wall -Wextra -Werror -Iinclude -o marks marks.c && ./marks", in: prefix)
    }
  }

  @Test("Uninstalling leaves what was there before, and nothing else")
  func uninstall() throws {
    try withScratch { prefix in
      try shell(
        "mkdir -p bin share/man/man1 share/fish/vendor_completions.d; : >bin/mine", in: prefix)
      let before = try contents(of: prefix)
      try shell("$root/scripts/install --prefix \(prefix)")
      #expect(try contents(of: prefix).count > before.count)
      try shell("$root/scripts/install --prefix \(prefix) --uninstall")
      #expect(try contents(of: prefix) == before)
    }
  }

  @Test("Installing over another version takes away what that one alone had")
  func replace() throws {
    try withInstalled { prefix in
      let installed = try contents(of: prefix)
      try shell(
        "mkdir old; : >old/page; echo old/ >>$m; echo old/page >>$m", in: prefix,
        environment: ["m": prefix + "/share/fdtrack/manifest"])
      try shell("$root/scripts/install --prefix \(prefix)")
      #expect(try contents(of: prefix) == installed)
    }
  }

  @Test(
    "Wrong usage is refused with a reason, and nothing is installed",
    arguments: [
      ("--prefix usr", "absolute"), ("--prefix", "needs a folder"), ("--libdir /lib", "folders"),
      ("--color", "usage"), ("--uninstall", "nothing is installed"),
    ])
  func usage(options: String, reason: String) throws {
    try withScratch { folder in
      let script = "DESTDIR=\(folder) \(Project.root)/scripts/install \(options)"
      let outcome = try run(["/bin/sh", "-c", script], folder: folder)
      #expect(outcome.status == .exit(1))
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
      #expect(try contents(of: folder).isEmpty)
    }
  }

  @Test(
    "The dynamic linker's cache is written anew for a folder that it covers, and for no other",
    .enabled(if: getuid() == 0, "takes root"), arguments: [true, false])
  func cache(isCovered: Bool) throws {
    try withScratch { folder in
      let covered = folder + (isCovered ? "/prefix/lib" : "/lib")
      try write(
        "#!/bin/sh\necho \"ran $*\" >>\(folder)/log\necho '\(covered): (from <builtin>:0)'\n",
        to: folder + "/ldconfig", executable: true)
      for option in ["", "--uninstall"] {
        let options = "--prefix $PWD/prefix \(option)"
        try shell("PATH=$PWD:$PATH $root/scripts/install \(options)", in: folder)
      }
      let asked = "ran -v -N -X\n"
      let one = isCovered ? asked + "ran \n" : asked
      #expect(try shell("cat log", in: folder) == one + one)
    }
  }

  @Test("DESTDIR goes in front of the prefix, and into no file")
  func destination() throws {
    try withScratch { folder in
      try shell("DESTDIR=\(folder)/stage $root/scripts/install --prefix /opt/fdtrack")
      #expect(try contents(of: folder).contains("stage/opt/fdtrack/bin/fdtrack"))
      #expect(try run(["/bin/grep", "-r", "-l", folder, folder]).output == "")
    }
  }
}
