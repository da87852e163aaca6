import Foundation
import Testing

@testable import Reporting

@Suite("The audit of inheritance in JSON")
struct InheritanceJSONTests {
  private func rows(_ report: Report) throws -> [[String: Any]] {
    let text = JSONRenderer().render(report)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return try #require(object?["inheritance"] as? [[String: Any]])
  }

  @Test("A row has holder, opener, calls with their stacks, and causes")
  func row() throws {
    let row = try #require(try rows(Sample.report).first)
    let holder = try #require(row["holder"] as? [String: Any])
    #expect(holder["process"] as? Int == 3 && holder["pid"] as? Int == 812)
    #expect(holder["program"] as? String == "worker" && holder["traced"] as? Bool == true)
    let opener = try #require(row["opener"] as? [String: Any])
    #expect(opener["pid"] as? Int == 790 && opener["life"] as? String == "ended")
    let opened = try #require(row["opened"] as? [String: Any])
    #expect(opened["api"] as? String == "socket" && opened["place"] as? String == "server.c:88")
    #expect((opened["stack"] as? [Any])?.count == 4 && opened["site"] as? Int == 2)
    let started = try #require(row["started"] as? [String: Any])
    #expect(
      started["api"] as? String == "execve" && started["argv"] as? [String] == ["worker", "-v"])
    #expect(started["by"] as? Int == 2 && started["program"] as? Int == 3)
    #expect(row["fds"] as? [Int] == [5] && row["listening"] as? Bool == true)
    let handle = try #require((row["handles"] as? [[String: Any]])?.first)
    #expect(handle["cause"] as? String == "never_cloexec" && handle["by_design"] as? Bool == false)
    #expect(handle["late"] is NSNull)
    #expect(handle["certain"] as? Bool == true)
    #expect((handle["advice"] as? String)?.hasPrefix("Use SOCK_CLOEXEC") == true)
  }

  @Test("A flag that came too late has its three times, and whether it was a race")
  func late() throws {
    var report = Sample.report
    report.inheritance[0].handles[0].lateness = Report.Lateness(
      openedNs: 1, forkedNs: 2, flaggedNs: nil, isRace: true)
    let handle = try #require((try rows(report)[0]["handles"] as? [[String: Any]])?.first)
    let late = try #require(handle["late"] as? [String: Any])
    #expect(late["opened_ns"] as? Int == 1 && late["forked_ns"] as? Int == 2)
    #expect(late["flagged_ns"] is NSNull && late["race"] as? Bool == true)
  }

  @Test("Beyond many rows the stacks are left out, and the places stay")
  func manyRows() throws {
    var report = Sample.report
    report.inheritance = Array(
      repeating: report.inheritance[0], count: JSONRenderer.stackedRows + 1)
    let last = try #require(try rows(report).last?["opened"] as? [String: Any])
    #expect((last["stack"] as? [Any])?.isEmpty == true)
    #expect(last["place"] as? String == "server.c:88")
  }
}

extension InheritanceJSONTests {
  @Test("A site has the number of its open files, and who shares the one")
  func sharing() throws {
    var report = Sample.report
    report.sites[0].objects = 1
    report.sites[0].sharing = Report.Sharing(
      descriptors: 200, original: .init(site: 8, count: 0, api: "socket", place: "a.c:3"),
      others: [.init(site: 9, count: 100, api: "dup", place: "a.c:9")])
    let text = JSONRenderer().render(report)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let site = try #require((object?["sites"] as? [[String: Any]])?.first)
    #expect(site["objects"] as? Int == 1)
    let sharing = try #require(site["sharing"] as? [String: Any])
    #expect(sharing["descriptors"] as? Int == 200)
    #expect((sharing["original"] as? [String: Any])?["place"] as? String == "a.c:3")
    let other = try #require((sharing["others"] as? [[String: Any]])?.first)
    #expect(other["count"] as? Int == 100 && other["api"] as? String == "dup")
  }
}
