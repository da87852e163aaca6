import TraceModel

/// What a process got and still holds: listeners first, since they keep a port taken, then by fd.
/// Each is made when it is asked for, as thousands of processes may have a thousand each.
public struct InheritedDescriptors: RandomAccessCollection, Equatable, Sendable {
  private let list: DescriptorList
  private let openings: Openings
  private let refused: RefusedBinds

  public init() { self.init(DescriptorList(of: []), Openings()) }

  init(_ list: DescriptorList, _ openings: Openings, _ refused: RefusedBinds = RefusedBinds()) {
    self.list = list.partitioned { $0.isListening }
    (self.openings, self.refused) = (openings, refused)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { list.count }

  public subscript(position: Int) -> InheritedDescriptor {
    InheritedDescriptor(list[position], openings.opening(of: list[position]), refused)
  }

  public static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elementsEqual(b) }
}
