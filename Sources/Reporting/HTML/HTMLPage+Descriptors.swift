extension HTMLPage {
  /// Descriptors of one site before "+N more".
  private static let descriptorLimit = 64

  /// The open descriptors of a site, folded; columns that say nothing are left out.
  func descriptors(_ site: Report.Site, _ out: inout Markup) {
    guard !site.fds.isEmpty else { return }
    out.element("details") { out in
      out.element(
        "summary", text: Wording.count(site.fds.count + site.omittedFds, "open fd"))
      descriptors(site.fds, omitted: site.omittedFds, "Open descriptors", &out)
    }
  }

  func descriptors(
    _ fds: [Report.Descriptor], omitted: Int, _ label: StaticString, _ out: inout Markup
  ) {
    let shown = fds.prefix(Self.descriptorLimit)
    let fields = Self.fields.filter { field in
      let texts = Set(shown.map { field.text($0, self) })
      return field.isSaidOnce ? texts.count > 1 : texts != [""]
    }
    list(fds, omitted: omitted, limit: Self.descriptorLimit, &out) { out, rows in
      table(label, fields.map(\.column), &out) { out in
        out.element("tbody", content: rows)
      }
    } _: { fd, out in
      out.element("tr") { out in
        for field in fields {
          let text = field.text(fd, self)
          out.element("td", field.column.isNumber ? .class("num") : nil) { out in
            if field.isCode && !text.isEmpty {
              out.element("code", text: text)
            } else {
              out.write(text)
            }
          }
        }
      }
    }
  }

  private struct Field: Sendable {
    var column: Column
    var isCode = false
    /// Stands elsewhere when it is the same for all.
    var isSaidOnce = false
    var text: @Sendable (Report.Descriptor, HTMLPage) -> String
  }

  private static let fields = [
    Field(column: .number("fd")) { fd, _ in "\(fd.fd)" },
    Field(column: "process", isSaidOnce: true) { fd, page in
      page.narrative.label(fd.process)
    },
    Field(column: "kind", isSaidOnce: true) { fd, _ in fd.kind },
    Field(column: "name", isCode: true) { fd, _ in
      fd.name.flatMap { $0 == fd.remote || $0 == fd.local ? nil : $0 } ?? ""
    },
    Field(column: "local", isCode: true) { fd, _ in fd.local ?? "" },
    Field(column: "remote", isCode: true) { fd, _ in fd.remote ?? "" },
    Field(column: "state") { fd, _ in fd.state ?? "" },
    Field(column: .number("opened")) { fd, _ in fd.openedNs.map(DurationText.of) ?? "" },
    Field(column: .number("age")) { fd, _ in fd.ageNs.map(DurationText.of) ?? "" },
    Field(column: .number("thread"), isSaidOnce: true) { fd, _ in
      fd.thread == 0 ? "" : "\(fd.thread)"
    },
    Field(column: "owner") { fd, _ in fd.owner == "raw" ? "" : fd.owner },
    Field(column: "flags") { fd, _ in fd.isCloseOnExec ? "cloexec" : "" },
  ]
}
