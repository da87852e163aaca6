import CElfutils
import Glibc

/// The closures of one compilation unit, by the functions that they are written in.
///
/// GCC gives no linkage name to a lambda that no other unit can call, and its own name is
/// `operator()` like that of all others; entries do not know what they stand in. One walk over
/// the unit's tree serves all of its closures.
struct DwarfClosures {
  /// By the place of a closure's declaration.
  private var enclosing: [UnsafeMutableRawPointer: Dwarf_Die] = [:]

  init(unit: Dwarf_Die) { collect(below: unit, in: nil, depth: 0) }

  /// Returns a closure's name with the functions that it is written in, as a symbol would have
  /// them: `run()::{lambda()}::operator()()`; nil for what is none, or stands in no function.
  func name(of closure: Dwarf_Die, _ texts: inout TidiedTexts) -> String? {
    var names: [String] = []
    var function: Dwarf_Die? = closure
    while let inner = function {
      guard let own = inner.plainName(&texts), names.count < Self.depthLimit else { return nil }
      names.append("\(own)()")
      function = inner.declaration.addr.flatMap { enclosing[$0] }
    }
    guard names.count > 1 else { return nil }
    let name = names.reversed().joined(separator: "::{lambda()}::")
    return name.utf8.count <= FunctionName.byteLimit ? name : nil
  }

  /// Deeper nesting is not the work of a compiler.
  private static let depthLimit = 64

  private mutating func collect(below parent: Dwarf_Die, in function: Dwarf_Die?, depth: Int) {
    guard depth < Self.depthLimit else { return }
    let closed = function.flatMap { parent.isUnnamedType ? $0 : nil }
    parent.forEachChild { child in
      switch child.tag {
      case Int(DW_TAG_subprogram):
        if let closed, let place = child.addr { enclosing[place] = closed }
        collect(below: child, in: child, depth: depth + 1)
      case Int(DW_TAG_namespace), Int(DW_TAG_module), Int(DW_TAG_lexical_block),
        Int(DW_TAG_structure_type), Int(DW_TAG_class_type), Int(DW_TAG_union_type):
        collect(below: child, in: function, depth: depth + 1)
      default:
        break
      }
      return true
    }
  }
}

extension Dwarf_Die {
  /// Whether it may be the type of a closure: which of these names it has depends on the
  /// compiler's version.
  fileprivate var isUnnamedType: Bool {
    guard tag == Int(DW_TAG_structure_type) || tag == Int(DW_TAG_class_type) else { return false }
    var die = self
    guard let name = dwarf_diename(&die) else { return true }
    return strncmp(name, "<lambda", 7) == 0 || strncmp(name, "._anon", 6) == 0
  }
}
