/// An object of the C++ standard library that owns what it opens: nobody else can close that.
enum StandardObject {
  /// How the one in which the program's code has opened is made to close; nil where there is none.
  static func release(in stack: Report.Stack) -> String? {
    guard let focusIndex = stack.focusIndex else { return nil }
    // From what the program called inwards: a stream's buffer is that of the stream.
    return stack.frames[..<focusIndex].reversed().lazy.compactMap { frame in
      frame.origin == .runtime ? frame.function.flatMap(release) : nil
    }.first
  }

  private static func release(_ function: String) -> String? {
    let name = Report.StackFrame.withoutParameters(function)
    guard name.hasPrefix("std::") else { return nil }
    if name.holds("directory_iterator::") {
      let kind = name.holds("recursive_") ? "recursive_directory_iterator" : "directory_iterator"
      return "destroy the std::filesystem::\(kind)"
    }
    let parts = streams.first {
      name.hasPrefix("std::" + $0.type) || name.hasPrefix("std::__1::" + $0.type)
    }
    return parts.map { "close or destroy \($0.name)" }
  }

  private static let streams = [
    (type: "basic_ifstream<", name: "the std::ifstream"),
    (type: "basic_ofstream<", name: "the std::ofstream"),
    (type: "basic_fstream<", name: "the std::fstream"),
    (type: "basic_filebuf<", name: "the stream"),
  ]
}
