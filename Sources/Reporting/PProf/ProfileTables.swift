/// The tables of a profile that samples refer to: each thing once, by numbers that start at 1,
/// or for strings at 0, which is the empty one.
///
/// Source: `proto/profile.proto` of https://github.com/google/pprof
struct ProfileTables {
  private var strings: [String: UInt64] = [:]
  private var texts: [String] = []
  private var functions: [Function: UInt64] = [:]
  private var locations: [Location: UInt64] = [:]
  private var modules: [ModuleKey: Int] = [:]
  private var mappings: [Mapping] = []
  /// The messages of functions and locations, ready to be written.
  private var records = ProtobufMessage()

  private struct Function: Hashable {
    var name: String
    var file: String
  }

  private struct Line: Hashable {
    var function: UInt64
    var line: Int
    var column: Int
  }

  private struct Location: Hashable {
    /// 0 outside any module.
    var mapping: UInt64
    var address: UInt64
    /// Innermost first; empty without symbols.
    var lines: [Line]
  }

  private struct ModuleKey: Hashable {
    var path: String
    var buildID: String?
  }

  private struct Mapping {
    var module: Report.Module
    var hasFunctions = false
    var hasFiles = false
    var hasLines = false
    var hasInlined = false
  }

  /// pprof takes the first of `modules` for the program.
  init(modules: [Report.Module]) {
    _ = string("")
    for module in modules { _ = mapping(module) }
  }

  /// The number of a text, made safe to be printed: pprof prints it as it is.
  mutating func string(_ text: String) -> UInt64 {
    if let number = strings[text] { return number }
    let number = UInt64(texts.count)
    texts.append(VisibleText.escaped(text))
    strings[text] = number
    return number
  }

  /// The numbers of a stack's locations, innermost first. Never empty: what is not there of
  /// the stack has a location that says so.
  mutating func locations(of stack: Report.Stack) -> [UInt64] {
    var numbers: [UInt64] = []
    var rest = stack.frames[...]
    while let first = rest.first {
      // Inlined functions share the location of the function that has their code.
      var end = rest.startIndex
      while rest[end].isInlined, end + 1 < rest.endIndex, rest[end + 1].hasPlace(of: first) {
        end += 1
      }
      numbers.append(location(rest[...end]))
      rest = rest[(end + 1)...]
    }
    if let missing = stack.placeholder {
      let function = function(missing, file: "")
      numbers.append(
        location(
          Location(
            mapping: 0, address: 0, lines: [Line(function: function, line: 0, column: 0)])))
    }
    return numbers
  }

  /// `frames` are of one address, innermost first.
  private mutating func location(_ frames: ArraySlice<Report.StackFrame>) -> UInt64 {
    var lines: [Line] = []
    for frame in frames where frame.function != nil || frame.file != nil {
      lines.append(
        Line(
          function: function(frame.function ?? "", file: frame.file ?? ""),
          line: frame.line ?? 0, column: frame.column ?? 0))
    }
    guard let frame = frames.first else { return 0 }
    var number: UInt64 = 0
    if let path = frame.module {
      number = mapping(Report.Module(path: path, buildID: frame.buildID))
      let index = Int(number - 1)
      for frame in frames {
        mappings[index].hasFunctions = mappings[index].hasFunctions || frame.function != nil
        mappings[index].hasFiles = mappings[index].hasFiles || frame.file != nil
        mappings[index].hasLines = mappings[index].hasLines || frame.line != nil
        mappings[index].hasInlined = mappings[index].hasInlined || frame.isInlined
      }
    }
    return location(Location(mapping: number, address: frame.offset, lines: lines))
  }

  private mutating func location(_ location: Location) -> UInt64 {
    if let number = locations[location] { return number }
    let number = UInt64(locations.count + 1)
    locations[location] = number
    var message = ProtobufMessage()
    message.add(1, number)
    message.add(2, location.mapping)
    message.add(3, location.address)
    for line in location.lines {
      var part = ProtobufMessage()
      part.add(1, line.function)
      part.add(2, Int64(line.line))
      part.add(3, Int64(line.column))
      message.add(4, element: part)
    }
    records.add(Field.location, element: message)
    return number
  }

  private mutating func function(_ name: String, file: String) -> UInt64 {
    let function = Function(name: name, file: file)
    if let number = functions[function] { return number }
    let number = UInt64(functions.count + 1)
    functions[function] = number
    var message = ProtobufMessage()
    message.add(1, number)
    message.add(2, string(name))
    // Equal to the name: pprof then shortens C++ names as it does those it demangled itself,
    // and shows them whole with -symbolize=demangle=full.
    message.add(3, string(name))
    message.add(4, string(file))
    records.add(Field.function, element: message)
    return number
  }

  private mutating func mapping(_ module: Report.Module) -> UInt64 {
    let key = ModuleKey(path: module.path, buildID: module.buildID)
    if let index = modules[key] { return UInt64(index + 1) }
    modules[key] = mappings.count
    mappings.append(Mapping(module: module))
    return UInt64(mappings.count)
  }

  /// The tables as fields of `Profile`. Complete when all else has been made.
  mutating func message() -> ProtobufMessage {
    var message = ProtobufMessage()
    for (index, mapping) in mappings.enumerated() {
      var part = ProtobufMessage()
      part.add(1, UInt64(index + 1))
      // Link-time addresses, as are those of the locations: to pprof the module lies where it
      // was linked to, from its file's start on.
      part.add(2, mapping.module.start)
      part.add(3, mapping.module.end)
      part.add(5, string(mapping.module.path))
      part.add(6, string(mapping.module.buildID ?? ""))
      // Without these pprof looks symbols up itself, if it finds the file.
      part.add(7, mapping.hasFunctions)
      part.add(8, mapping.hasFiles)
      part.add(9, mapping.hasLines)
      part.add(10, mapping.hasInlined)
      message.add(Field.mapping, element: part)
    }
    message.append(records)
    for text in texts { message.add(Field.string, element: text) }
    return message
  }

  private enum Field {
    static let mapping: UInt64 = 3
    static let location: UInt64 = 4
    static let function: UInt64 = 5
    static let string: UInt64 = 6
  }
}

extension Report.StackFrame {
  fileprivate func hasPlace(of other: Self) -> Bool {
    offset == other.offset && module == other.module && buildID == other.buildID
  }
}
