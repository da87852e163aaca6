extension JSONRenderer {
  func mark(_ json: inout JSONWriter, _ mark: Report.Mark) {
    json.object {
      $0.member("first_begun_ns", mark.firstBegunNs)
      $0.member("leaked", mark.leaked)
      $0.member("name", mark.name)
      $0.member("open", mark.open)
      $0.member("runs", mark.runs)
      $0.member("sites", mark.sites) { json, share in
        json.object {
          $0.member("count", share.count)
          $0.member("site", share.site)
        }
      }
      $0.member("suspect", mark.suspected)
    }
  }

  func markShare(_ json: inout JSONWriter, _ share: Report.MarkShare) {
    json.object {
      $0.member("count", share.count)
      $0.member("mark", share.mark)
    }
  }
}
