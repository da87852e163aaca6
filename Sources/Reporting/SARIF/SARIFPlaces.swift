/// Writes where frames are: files as URIs relative to the source root where they are below it.
struct SARIFPlaces {
  /// The name that stands for the source root in URIs.
  static let rootName: StaticString = "SRCROOT"

  private let root: String?
  /// Of the source root, nil when that is not known.
  let rootURI: String?

  init(_ report: Report) {
    root = report.sourceFolder
    rootURI = root.flatMap(FileURI.folder)
  }

  /// The members of an `artifactLocation`; false, and nothing written, for what has no URI.
  func artifact(_ path: String, _ json: inout JSONWriter, as key: StaticString) -> Bool {
    if let root, let uri = FileURI.relative(path, to: root) {
      json.member(key) {
        $0.member("uri", uri)
        $0.member("uriBaseId", "\(Self.rootName)")
      }
    } else if let uri = FileURI.file(path) {
      json.member(key) { $0.member("uri", uri) }
    } else {
      return false
    }
    return true
  }

  /// The source file of a frame, when it has a URI. Relative paths of libraries are relative to
  /// where those were built.
  func source(of frame: Report.StackFrame) -> String? {
    guard let file = frame.file, file.hasPrefix("/") || frame.origin == .program else { return nil }
    return hasURI(file) ? file : nil
  }

  private func hasURI(_ path: String) -> Bool {
    FileURI.file(path) != nil || root.flatMap { FileURI.relative(path, to: $0) } != nil
  }

  /// A `location`: function and, when it has one, source line.
  func location(
    _ frame: Report.StackFrame, message: String? = nil, _ json: inout JSONWriter
  ) {
    json.object { json in
      json.member("logicalLocations", CollectionOfOne(frame)) { logical(&$0, $1) }
      if let message { json.member("message") { $0.member("text", SARIFText.escaped(message)) } }
      physical(frame, &json)
    }
  }

  /// Nothing for a frame without a file, or of one that has no URI.
  private func physical(_ frame: Report.StackFrame, _ json: inout JSONWriter) {
    guard let file = source(of: frame) else { return }
    json.member("physicalLocation") { json in
      _ = artifact(file, &json, as: "artifactLocation")
      if let line = frame.line, line >= 1 {
        json.member("region") {
          if let column = frame.column, column >= 1 { $0.member("startColumn", column) }
          $0.member("startLine", line)
        }
      }
    }
  }

  private func logical(_ json: inout JSONWriter, _ frame: Report.StackFrame) {
    json.object {
      $0.member("fullyQualifiedName", VisibleText.escaped(frame.function ?? frame.modulePlace))
      if frame.function != nil { $0.member("kind", "function") }
      let name = frame.function.map(Report.StackFrame.withoutParameters) ?? frame.modulePlace
      $0.member("name", VisibleText.escaped(name))
    }
  }

  /// The location of a result: the first frame with a source line; where there is none, the
  /// program or library that the frame is in, as code scanning refuses results without a file.
  func locations(of result: SARIFResult, _ json: inout JSONWriter) {
    let located = SARIFResult.located(result.place).first { source(of: $0) != nil }
    let frame = located ?? result.place.focus
    let binary =
      located == nil
      ? [frame?.module, result.program].lazy.compactMap { $0 }
        .first { $0.hasPrefix("/") && hasURI($0) } : nil
    guard located == nil else {
      return json.member("locations", CollectionOfOne(())) { json, _ in
        if let located { location(located, &json) }
      }
    }
    guard frame != nil || binary != nil else { return json.member("locations", []) }
    json.member("locations", CollectionOfOne(())) { json, _ in
      json.object { json in
        if let frame {
          json.member("logicalLocations", CollectionOfOne(frame)) { logical(&$0, $1) }
        }
        if let binary {
          json.member("physicalLocation") { _ = artifact(binary, &$0, as: "artifactLocation") }
        }
      }
    }
  }

  func stack(_ named: SARIFResult.NamedStack, _ json: inout JSONWriter) {
    json.object { json in
      json.member("frames", named.stack.frames) { json, frame in
        json.object { json in
          json.key("location")
          location(frame, &json)
          if let module = frame.moduleName { json.member("module", VisibleText.escaped(module)) }
        }
      }
      json.member("message") { $0.member("text", SARIFText.escaped(named.title)) }
    }
  }
}
