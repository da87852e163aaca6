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
      ("operator()", "operator()"), ("net::Less::operator()(A, B) const", "operator()"),
      ("net::operator<<(A&, B)", "operator<<"), ("net::Pool::operator->() const", "operator->"),
      ("cooperator(int)", "cooperator"), ("text[abi:cxx11](int)", "text"),
      ("net::Pool::take() &&", "take"), ("f(void (*)(int))", "f"),
    ])
  func cxx(name: String, own: String) {
    #expect(OwnName.of(name) == own)
  }

  @Test(
    "Closures of C++ keep the function that they are written in, by its own name",
    arguments: [
      (
        "main::{lambda(std::string const&)#1}::operator()(std::string const&) const",
        "main::{lambda}::operator()"
      ),
      ("net::run(int)::{lambda()#2}::operator()() const", "run::{lambda}::operator()"),
      ("run()::{lambda()}::operator()()", "run::{lambda}::operator()"),
      ("main::$_0::operator()() const", "main::{lambda}::operator()"),
      ("void put<long>(long)::{lambda()#1}::operator()() const", "put::{lambda}::operator()"),
      ("Pool<int>::Pool(int)::{lambda()#1}::operator()()", "Pool::{lambda}::operator()"),
      (
        "auto net::A::go() const::{lambda((auto:1)...)#2}::operator()<>() const",
        "go::{lambda}::operator()<>"
      ),
      (
        "A::go() const::{lambda()#1}::operator()() const::{lambda(int)#3}::operator()(int) const",
        "go::{lambda}::operator()::{lambda}::operator()"
      ),
      ("A::operator<<(int)::{lambda()#1}::operator()() const", "operator<<::{lambda}::operator()"),
      // In no function: what is inlined of them has no other name.
      ("A::made::{lambda()#1}::operator()() const", "operator()"),
      ("{lambda()#1}::operator()() const", "operator()"),
      ("f(int)::{default arg#1}::{lambda()#1}::operator()() const", "operator()"),
      ("net::f()::Local::operator()()", "operator()"),
    ])
  func closures(name: String, own: String) {
    #expect(OwnName.of(name) == own)
  }

  @Test(
    "Rust, Swift and C keep theirs",
    arguments: [
      ("app::pool::Pool::new", "app::pool::Pool::new"),
      ("<app::A as core::Clone>::clone", "<app::A as core::Clone>::clone"),
      ("app::run::{closure#3}", "app::run::{closure#}"),
      ("app::Uploader::run::{{closure}}", "app::Uploader::run::{{closure}}"),
      ("closure #2 () -> () in main.Up.run() -> ()", "closure # () -> () in main.Up.run() -> ()"),
      ("main.Server.start() async -> ()", "main.Server.start() async -> ()"),
      ("main.Pool.size.getter : Swift.Int", "main.Pool.size.getter : Swift.Int"),
      ("nested.12", "nested"), ("dial_2", "dial_2"), ("", ""), (")", ")"), ("()", ""),
      ("<", "<"), (".1", ".1"),
    ])
  func others(name: String, own: String) {
    #expect(OwnName.of(name) == own)
  }
}
