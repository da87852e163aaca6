/// Lends a prefix with fdtrack installed in it.
func withInstalled(_ options: String = "", _ body: (_ prefix: String) throws -> Void) throws {
  try withScratch { folder in
    let prefix = folder + "/prefix"
    try shell("$root/scripts/install --prefix \(prefix) \(options)")
    try body(prefix)
  }
}
