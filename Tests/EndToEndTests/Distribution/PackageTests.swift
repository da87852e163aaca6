import Foundation
import Testing

@Suite("The Debian package", .serialized)
struct PackageTests {
  /// Made once: compressing takes its time.
  private static let package = Result {
    let folder = Project.root + "/.build/package"
    return try shell("$root/scripts/package \(folder)", patience: 300)
      .trimmingCharacters(in: .newlines)
  }

  private func package() throws -> String { try Self.package.get() }

  @Test("lintian finds neither errors nor warnings in it")
  func policy() throws {
    let remarks = try run(
      ["/usr/bin/lintian", "--allow-root", "--fail-on", "error,warning", try package()],
      patience: 300)
    #expect(remarks.status == .exit(0), "\(remarks.output) \(remarks.errors)")
  }

  @Test("It depends on what its programs are linked with, and on no Swift")
  func dependencies() throws {
    let depends = try shell("dpkg-deb -f \(package()) Depends")
    for library in ["libc6", "libdw1", "libstdc++6"] {
      #expect(depends.contains(library + " (>= "), "\(depends)")
    }
    #expect(!depends.lowercased().contains("swift"))
  }

  @Test("Its sums are those of its files, which all belong to root and are of one time")
  func contents() throws {
    try withScratch { folder in
      try shell(
        """
        dpkg-deb -R \(package()) . && md5sum --quiet -c DEBIAN/md5sums
        """, in: folder)
      let listed = try shell("dpkg-deb -c \(package()) | awk '{ print $2, $4, $5 }' | sort -u")
      let lines = listed.split(separator: "\n")
      #expect(lines.count == 1 && lines[0].hasPrefix("root/root "), "\(listed)")
    }
  }

  @Test("Its programs are stripped, relocatable, bound at start, and search no folder of their own")
  func hardening() throws {
    try withScratch { folder in
      try shell("dpkg-deb -x \(package()) .", in: folder)
      for program in ["fdtrack", "fdtrack-report"] {
        let facts = try shell("readelf -hdSlW usr/bin/\(program)", in: folder)
        #expect(!facts.contains(" .symtab ") && !facts.contains(" .debug_"))
        #expect(facts.contains("DYN (") && facts.contains("GNU_RELRO"))
        #expect(facts.contains("BIND_NOW") && !facts.contains("RUNPATH"))
      }
    }
  }

  @Test("Packed again, later and elsewhere, it is the same to the byte")
  func reproducible() throws {
    let package = try package()
    try withScratch { folder in
      let again = try shell("$root/scripts/package \(folder)/elsewhere", in: folder, patience: 300)
      try shell("cmp \(package) \(again)")
    }
  }

  /// Whether this user may make a system of its own.
  private static let mayIsolate = (try? shell("[[ $EUID == 0 ]] && unshare -mpf true")) != nil

  @Test(
    "It installs, works and goes again in a Debian without Swift",
    .enabled(if: mayIsolate, "takes root and namespaces"))
  func works() throws {
    let package = try package()
    let outcome = try run([Project.root + "/scripts/try-package", package], patience: 600)
    #expect(outcome.status == .exit(0), "\(outcome.output) \(outcome.errors)")
    #expect(outcome.output.contains("10 tcp sockets"))
  }
}
