/// One part of a path, taken apart into what names it and what tells its kind.
struct FileName {
  /// What has a pseudonym.
  var stem: Substring
  /// With its dot, `.so.1.2`; empty when it is not one of the usual ones, which might name
  /// anything.
  var ending: Substring

  init(_ name: Substring) {
    let cut = Self.library(name) ?? Self.usual(name) ?? name.endIndex
    (stem, ending) = (name[..<cut], name[cut...])
  }

  /// `.so`, and numbers behind it.
  private static func library(_ name: Substring) -> Substring.Index? {
    guard let range = name.ranges(of: ".so").last, range.lowerBound != name.startIndex,
      name[range.upperBound...].allSatisfy({ $0 == "." || ("0"..."9").contains($0) })
    else { return nil }
    return range.lowerBound
  }

  private static func usual(_ name: Substring) -> Substring.Index? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
      endings.contains(name[dot...].dropFirst().lowercased())
    else { return nil }
    return dot
  }

  private static let endings: Set<String> = [
    "a", "asm", "bak", "bin", "bz2", "c", "cache", "cc", "cert", "cfg", "cgi", "class", "conf",
    "cpp", "crt", "csr", "css", "csv", "cxx", "d", "dat", "data", "db", "deb", "dll", "doc",
    "docx", "exe", "fifo", "gif", "go", "gz", "h", "hh", "hpp", "htm", "html", "hxx", "idx",
    "inc", "ini", "ipp", "jar", "java", "jpeg", "jpg", "js", "json", "key", "kt", "lock", "log",
    "lua", "m", "md", "mjs", "mm", "mp3", "mp4", "o", "old", "out", "pdf", "pem", "php", "pid",
    "pipe", "pl", "pm", "png", "proto", "ps", "py", "pyc", "rb", "rpm", "rs", "s", "sh", "so",
    "sock", "socket", "sql", "sqlite", "sqlite3", "state", "svg", "swift", "swp", "tar", "tcc",
    "temp", "tgz", "tmp", "toml", "ts", "tsv", "ttf", "txt", "wal", "wasm", "xls", "xlsx",
    "xml", "xz", "yaml", "yml", "zip", "zst",
  ]
}
