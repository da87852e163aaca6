/// The style sheet and the script of the page, and the hashes by which its policy lets them in.
enum HTMLResources {
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

  /// SHA-256 in base64 of the exact bytes above, as CSP level 3 wants them. A test holds them to
  /// what `sha256sum` says; a browser refuses a style sheet or script that they do not fit.
  static let styleHash = "jlfvixBxu+1ezcia2Ca7MJ7XzSWRbKnA80fyXyzIXgo="
  static let scriptHash = "/XU8g1bXIDy7EwyU2+rGpBpllP5rLDrR3NqTMIfQZdI="
}
