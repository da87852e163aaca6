import FDTrackFormat

extension DescriptorDetail {
  init(_ detail: fdt_detail, strings: inout StringTable) {
    let size = Int(detail.text_size)
    let bytes =
      detail.text_ref == 0 || fdt_text_form(rawValue: UInt32(detail.form)) == FDT_TEXT_NONE
      ? withUnsafeBytes(of: detail.text) { Array($0.prefix(size)) }
      : strings.bytes(detail.text_ref) ?? []
    switch fdt_text_form(rawValue: UInt32(detail.form)) {
    case FDT_TEXT_PATH: form = .path
    case FDT_TEXT_LINK: form = .link
    case FDT_TEXT_SUN: form = .unixPath
    default: form = .none
    }
    if form != .none && !bytes.isEmpty {
      text =
        form == .unixPath
        ? SocketAddress.unixPath(bytes) : String(decoding: bytes, as: UTF8.self)
    }
    isCut = detail.cut != 0
    tcpState = TCPState(rawValue: detail.tcp_state)
    if form == .none, tcpState == .closeWait, detail.text_ref != 0 {
      peerClosedNs = UInt64(detail.text_ref - 1) * 1_000_000
    }
    let ends = UInt32(detail.ends)
    switch fdt_unix_state(rawValue: ends & ~FDT_OTHER_END.rawValue) {
    case FDT_UNIX_UNNAMED: unixState = .unnamed
    case FDT_UNIX_BOUND: unixState = .bound
    case FDT_UNIX_UNLINKED: unixState = .unlinked
    case FDT_UNIX_ABSTRACT: unixState = .abstract
    default: unixState = nil
    }
    switch fdt_other_end(rawValue: ends & FDT_OTHER_END.rawValue) {
    case FDT_OTHER_END_OPEN: isOtherEndOpen = true
    case FDT_OTHER_END_GONE: isOtherEndOpen = false
    default: isOtherEndOpen = nil
    }
    let sun = form == .unixPath ? text : nil
    local = withUnsafeBytes(of: detail.local) {
      SocketAddress(sockaddr: .init(rebasing: $0.prefix(Int(detail.local_size))), text: sun)
    }
    remote = withUnsafeBytes(of: detail.remote) {
      SocketAddress(sockaddr: .init(rebasing: $0.prefix(Int(detail.remote_size))), text: sun)
    }
    inode = detail.inode == 0 ? nil : detail.inode
    checkedTicks = detail.checked_ticks == 0 ? nil : detail.checked_ticks
  }
}
