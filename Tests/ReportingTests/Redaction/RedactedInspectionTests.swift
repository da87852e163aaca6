import Foundation
import ProcessInspection
import Testing
import TraceModel

@testable import Reporting

@Suite("Redacted reports on a running process")
struct RedactedInspectionTests {
  private let secret = "orangutan"

  private var inspection: Inspection {
    var inspection = SampleInspection.growing
    inspection.process.name = secret
    inspection.process.executable = "/srv/\(secret)"
    inspection.process.arguments = ["./\(secret)", "--key", secret]
    var file = OpenDescriptor(fd: 20, kind: .file, link: "/srv/\(secret).db (deleted)")
    file.name = "/srv/\(secret).db"
    file.sharers = [
      Holder(pid: 900, name: secret, fds: [4]), Holder(pid: 901, name: "\(secret)-sh", fds: [5]),
    ]
    var unix = OpenDescriptor(fd: 21, kind: .unix, link: "socket:[77]")
    unix.socket = SocketFacts(protocolName: "unix stream")
    unix.socket?.local = .unix("/run/\(secret).sock")
    unix.socket?.remote = .unix("@\(secret)")
    unix.peers = file.sharers
    inspection.descriptors? += [file, unix]
    inspection.findings.append(
      .sharedPort(
        fd: 3, address: .ipv4(address: 0x0a00_0001, port: 80), holders: file.sharers))
    inspection.groups = DescriptorGroup.groups(of: inspection.descriptors ?? [])
    return inspection
  }

  private func texts(_ inspection: Inspection) -> [String] {
    [
      InspectionTextRenderer(style: TextStyle(width: 200), listsAll: true).render(inspection),
      InspectionJSONRenderer().render(inspection),
    ]
  }

  @Test("What is to be hidden is nowhere in it")
  func all() throws {
    let key = try #require(RedactionKey(secret: Array("0123456789abcdef".utf8)))
    let redacted = Redaction(.all, key: key).redacted(inspection)
    for text in texts(redacted) {
      #expect(!text.contains(secret) && !text.contains("10.0.0."))
      // Ports, system files and everybody's addresses are told.
      #expect(text.contains(":5432") && text.contains("/dev/null") && text.contains("0.0.0.0:8080"))
    }
    #expect(texts(redacted)[0].contains("Redacted: paths, addresses,"))
    #expect(redacted.descriptors?.first { $0.fd == 20 }?.sharers[0].name == redacted.process.name)
    #expect(redacted.process.executable == "/srv/\(redacted.process.name)")
    #expect(redacted.groups.map(\.count) == inspection.groups.map(\.count))
  }

  @Test("What is not asked for stays")
  func some() {
    let addresses = Redaction(.addresses).redacted(inspection)
    #expect(addresses.process.name == secret && addresses.redacted == ["addresses"])
    for text in texts(addresses) { #expect(!text.contains("10.0.0.")) }
    let nothing = Redaction([]).redacted(inspection)
    #expect(nothing == inspection)
  }
}
