import Foundation

/// What a page was in headless Chromium, as `Tests/Browser/browse.py` tells.
struct Page: Decodable {
  /// Of the `js:` steps, which have to be strings.
  let results: [String]
  /// The addresses that the page asked for, itself first.
  let requests: [String]
  /// What the browser had to complain about.
  let logged: [String]
}

/// Opens a file, takes `steps` in it, and tells.
/// - Parameters:
///   - fragment: what follows the file's name in the address, with its `#`.
///   - options: those of `browse.py`.
func browse(
  _ file: String, fragment: String = "", _ steps: [String], options: [String] = []
) throws -> Page {
  let script = Project.root + "/Tests/Browser/browse.py"
  let outcome = try run(
    ["/usr/bin/python3", script] + options + ["file://\(file)\(fragment)"] + steps,
    // Chromium wants to write there.
    environment: ["HOME": (file as NSString).deletingLastPathComponent])
  guard outcome.status == .exit(0) else {
    throw TestFailure("browse.py: \(outcome.status) \(outcome.errors)")
  }
  return try JSONDecoder().decode(Page.self, from: Data(outcome.output.utf8))
}

/// Writes the HTML report of a trace that has to be accepted, and tells where.
func writeHTML(of trace: String, in folder: String, _ options: [String] = []) throws -> String {
  let file = folder + "/report.html"
  let outcome = try run(
    [Project.reporter, "--format", "html", "--output", file] + options + [trace])
  guard outcome.status == .exit(0), outcome.errors.isEmpty else {
    throw TestFailure("fdtrack-report: \(outcome.status) \(outcome.errors)")
  }
  return file
}
