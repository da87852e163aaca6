import Foundation
import Testing

/// An nginx of its own, in a folder where all of its files are.
struct Nginx {
  /// Starts it; with `-s` and a signal behind it, tells the one that runs.
  let command: [String]

  /// Writes its configuration: it serves `www` below the folder.
  /// - Parameters:
  ///   - options: directives of the `http` block.
  ///   - listening: options of `listen`.
  init(
    in folder: String, port: Int, connections: Int, workers: Int = 2, options: String = "",
    listening: String = ""
  ) throws {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
    let configuration = folder + "/nginx.conf"
    try write(
      """
      daemon off;
      worker_processes \(workers);
      pid \(folder)/nginx.pid;
      error_log \(folder)/error.log;
      events { worker_connections \(connections); }
      http {
        access_log \(folder)/access.log;
        \(temporary)
        \(options)
        server { listen 127.0.0.1:\(port) \(listening); root \(folder)/www; }
      }
      """, to: configuration)
    command = ["/usr/sbin/nginx", "-p", folder, "-c", configuration, "-e", folder + "/error.log"]
  }
}

/// Makes `www/page.html` in a folder, which servers that give up root can read, too.
func makePage(in folder: String) throws {
  try #require(chmod(folder, 0o755) == 0)
  try FileManager.default.createDirectory(
    atPath: folder + "/www", withIntermediateDirectories: false)
  try write(String(repeating: "page\n", count: 5000), to: folder + "/www/page.html")
}
