import Symbolication

/// What a machine without any of the traced files would answer.
func bare(_ requests: [Symbolizer.Request]) -> [ModuleSymbols] {
  requests.map { _ in ModuleSymbols(status: .unavailable(.missing)) }
}
