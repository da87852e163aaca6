extension HTMLPage {
  var timeline: Section? { nil }
}
