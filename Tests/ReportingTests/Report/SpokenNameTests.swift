import Testing

@testable import Reporting

@Suite("How functions are named in sentences") struct SpokenNameTests {
  @Test(
    "Parameters and the type of a template are left out, and what belongs to the name stays",
    arguments: [
      ("int net::call<unsigned int>(unsigned int, int)", "net::call<unsigned int>"),
      ("std::pair<int, char> both<int>(int)", "both<int>"),
      ("void Foo::operator()<int>(int)", "Foo::operator()<int>"),
      ("(anonymous namespace)::dial<int>(char const*)", "(anonymous namespace)::dial<int>"),
      ("app::Pool::operator bool<int>() const", "app::Pool::operator bool<int>"),
      ("dial(int)", "dial"), ("dial", "dial"),
      (
        "<pool::Dial<u8> as core::ops::Fn<()>>::call", "<pool::Dial<u8> as core::ops::Fn<()>>::call"
      ),
      ("closure #1 in main.dial<A>(A)", "closure #1 in main.dial<A>"),
    ])
  func spoken(function: String, name: String) {
    #expect(SpokenName.of(function) == name)
  }

  @Test("Of long names what is long between brackets is left out, even where they were cut")
  func shortened() {
    let long = (0..<30).map { "argument\($0)" }.joined(separator: ", ")
    #expect(
      SpokenName.shortened("Server::accept()::{lambda(\(long))#1}::operator()(\(long)) const")
        == "Server::accept()::{lambda(...)#1}::operator()(...) const")
    #expect(
      SpokenName.of("void net::acceptor<net::tcp, \(long)>::async<int>(\(long))")
        == "net::acceptor<...>::async<int>")
    #expect(
      SpokenName.of("void net::acceptor<tcp>::async<\(long)") == "net::acceptor<tcp>::async<...>")
    #expect(
      SpokenName.shortened("bool app::operator< <app::A>(\(long))")
        == "bool app::operator< <app::A>(...)")
    #expect(
      SpokenName.shortened("<pool::Dial<\(long)> as core::ops::Fn>::call")
        == "<pool::Dial<...> as core::ops::Fn>::call")
    #expect(SpokenName.shortened("read<decltype(a->b)>(int)") == "read<decltype(a->b)>(int)")
  }
}
