import CElfutils

/// Looks addresses up in one open module: DWARF first, its symbol tables where DWARF is silent.
struct AddressLookup: ~Copyable {
  let module: OpenModule
  let units: DwarfUnits?
  /// Of the DWARF file, against the module's addresses.
  let bias: UInt64
  lazy var symbols = SymbolTable(module.module)
  var texts = TidiedTexts()
  /// By their unit: an inlined function's may be another than that of the code.
  private var closures: [OpaquePointer: DwarfClosures] = [:]
  lazy var targets = CallTargets(module.module)

  var status: ModuleSymbols.Status {
    if units != nil { return .debugInformation }
    var bias: GElf_Addr = 0
    let file = ElfSections(dwfl_module_getelf(module.module, &bias))
    return file.haveSymbolTable ? .symbolTable : .exports
  }

  init(_ module: consuming OpenModule) {
    var bias: Dwarf_Addr = 0
    units = dwfl_module_getdwarf(module.module, &bias).map(DwarfUnits.init)
    self.bias = bias
    self.module = module
  }

  /// Returns the frames at a link-time address, innermost first; empty when nothing is known.
  mutating func frames(at address: UInt64) -> [SourceFrame] {
    let dwarfAddress = address &- bias
    guard let unit = units?.unit(at: dwarfAddress) else { return symbolFrame(at: address) }
    var place = unit.line(at: dwarfAddress, &texts)
    guard let function = unit.functions.function(at: dwarfAddress) else {
      // Assembly: lines without functions.
      var frame = symbolFrame(at: address).first ?? SourceFrame(function: nil)
      frame.set(place)
      return frame.function == nil && frame.file == nil ? [] : [frame]
    }
    var frames: [SourceFrame] = []
    let chain = InlineChain(function: function, address: dwarfAddress).entries
    for (depth, die) in chain.enumerated().reversed() {
      var frame = SourceFrame(function: die.linkageName(&texts), isInlined: depth > 0)
      // GCC writes no linkage name for lambdas and the like: the symbol has the scopes.
      if frame.function == nil, depth == 0, unit.content.isCPlusPlus {
        frame.function = symbolFrame(at: address).first?.function
      }
      if frame.function == nil {
        frame.function = die.plainName(&texts)
        if frame.function?.hasPrefix("operator()") == true, let whole = closure(die) {
          frame.function = whole
        }
      }
      frame.set(place)
      place = unit.callPlace(of: die, &texts)
      frames.append(frame)
    }
    if frames.last?.function == nil {
      frames[frames.count - 1].function = symbolFrame(at: address).first?.function
    }
    return frames
  }

  /// The name with the functions that it is written in; nil for what is no closure.
  private mutating func closure(_ die: Dwarf_Die) -> String? {
    let declaration = die.declaration
    guard let unit = declaration.cu else { return nil }
    let known = closures[unit] ?? DwarfClosures(unit: declaration.unit)
    closures[unit] = known
    return known.name(of: declaration, &texts)
  }

  private mutating func symbolFrame(at address: UInt64) -> [SourceFrame] {
    let name = symbols.function(at: address).flatMap { texts.function($0) }
    return name.map { [SourceFrame(function: $0)] } ?? []
  }
}

/// A position in source text.
struct SourcePlace {
  var file: String?
  var line: Int?
  var column: Int?
}

extension SourceFrame {
  fileprivate mutating func set(_ place: SourcePlace) {
    file = place.file
    line = place.line
    column = place.column
  }
}

extension DwarfUnits.Unit {
  /// Returns the line table's entry for an address.
  fileprivate func line(at address: UInt64, _ texts: inout TidiedTexts) -> SourcePlace {
    guard let line = dwarf_getsrc_die(&die, address) else { return SourcePlace() }
    var number: CInt = 0
    var column: CInt = 0
    dwarf_lineno(line, &number)
    dwarf_linecol(line, &column)
    return SourcePlace(
      file: dwarf_linesrc(line, nil, nil).map { texts.file($0) },
      // 0: code that the compiler made up.
      line: number > 0 ? Int(number) : nil,
      column: column > 0 ? Int(column) : nil)
  }

  /// Returns where an inlined function was called; nothing for a concrete one.
  fileprivate func callPlace(of die: Dwarf_Die, _ texts: inout TidiedTexts) -> SourcePlace {
    var place = SourcePlace()
    if let file = die.number(Int(DW_AT_call_file)), file >= 0, let files {
      place.file = dwarf_filesrc(files, file, nil, nil).map { texts.file($0) }
    }
    place.line = die.number(Int(DW_AT_call_line)).flatMap { $0 > 0 ? $0 : nil }
    place.column = die.number(Int(DW_AT_call_column)).flatMap { $0 > 0 ? $0 : nil }
    return place
  }
}
