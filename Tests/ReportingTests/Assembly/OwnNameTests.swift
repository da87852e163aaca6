import Testing

@testable import Reporting

@Suite("What all spellings of a function's name have in common")
struct OwnNameTests {
  @Test(
    "C++ functions lose what debug information may leave out",
    arguments: [
      ("dial(int)", "dial"), ("dial", "dial"), ("net::Pool::dial(int) const", "dial"),
      ("(anonymous namespace)::Opener<1>::open(std::string const&) const", "open"),
      ("(anonymous namespace)::Holder::Holder(std::string const&)", "Holder"),
      ("net::Pool::~Pool()", "~Pool"), ("void net::put<int, A<B> >(A<B>)", "put"),
      ("put<int, A<B> >", "put"), ("std::pair<int, int> both<int>(int)", "both"),
      ("main::{lambda(std::string const&)#1}::operator()(std::string const&) const", "operator()"),
      ("net::run(int)::{lambda()#2}::operator()() const", "operator()"),
      ("operator()", "operator()"),
      ("net::operator<<(A&, B)", "operator<<"), ("net::Pool::operator->() const", "operator->"),
      ("cooperator(int)", "cooperator"), ("text[abi:cxx11](int)", "text"),
      ("net::Pool::take() &&", "take"), ("f(void (*)(int))", "f"),
    ])
  func cxx(name: String, own: String) {
    #expect(OwnName.of(name) == own)
  }

  @Test(
    "Rust, Swift and C keep theirs",
    arguments: [
      ("app::pool::Pool::new", "app::pool::Pool::new"),
      ("<app::A as core::Clone>::clone", "<app::A as core::Clone>::clone"),
      ("app::run::{closure#3}", "app::run::{closure#}"),
      ("main.Server.start() async -> ()", "main.Server.start() async -> ()"),
      ("main.Pool.size.getter : Swift.Int", "main.Pool.size.getter : Swift.Int"),
      ("nested.12", "nested"), ("dial_2", "dial_2"), ("", ""), (")", ")"), ("()", ""),
      ("<", "<"), (".1", ".1"),
    ])
  func others(name: String, own: String) {
    #expect(OwnName.of(name) == own)
  }
}
