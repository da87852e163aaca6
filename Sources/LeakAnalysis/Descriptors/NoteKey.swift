import TraceModel

/// A notable event but for its moment and thread: what is equal happened to descriptors alike.
struct NoteKey: Hashable {
  let call: UInt16
  let error: Int32
  let stack: StackNumber

  init(_ note: Descriptor.Note, in stacks: SiteStacks) {
    (call, error, stack) = (note.call, note.error, stacks.representative(of: note.stack))
  }
}
