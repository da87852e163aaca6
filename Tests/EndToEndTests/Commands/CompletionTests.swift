import Testing

@Suite("Completion")
struct CompletionTests {
  @Test("bash finds the completions by itself, and offers commands and options")
  func bash() throws {
    let script = """
      source /usr/share/bash-completion/bash_completion
      # complete LINE: what bash offers for its last word.
      complete_line() {
        COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
        read -ra COMP_WORDS <<<"$1"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        local function
        _completion_loader "${COMP_WORDS[0]}" || :
        function=$(complete -p "${COMP_WORDS[0]}")
        function=${function##*-F } function=${function%% *}
        "$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || :
        echo "${COMPREPLY[*]}"
      }
      set +eu
      complete_line "fdtrack r"
      complete_line "fdtrack run --fail-on-l"
      complete_line "fdtrack-report --gen"
      complete_line "fdtrack run -- ./sh"
      """
    try withInstalled { prefix in
      let offered = try shell(
        script, in: prefix, environment: ["XDG_DATA_DIRS": prefix + "/share"])
      #expect(offered == "run report\n--fail-on-leak\n--gen-suppressions\n./share\n")
    }
  }

  @Test("fish finds the completions by itself, and offers commands and options")
  func fish() throws {
    try withInstalled { prefix in
      let script = """
        complete -C 'fdtrack r'; complete -C 'fdtrack run --fail-on-l'
        complete -C 'fdtrack-report --gen'
        """
      let offered = try run(
        ["/usr/bin/fish", "--private", "-c", script],
        environment: [
          // Completions are loaded for programs that it finds only.
          "PATH": prefix + "/bin:/usr/bin:/bin", "HOME": prefix,
          "XDG_DATA_DIRS": prefix + "/share:/usr/share",
        ],
        folder: prefix)
      let words = offered.output.split(separator: "\n").compactMap {
        $0.split(separator: "\t").first
      }
      #expect(words.sorted() == ["--fail-on-leak", "--gen-suppressions", "report", "run"])
    }
  }

  /// The completion runs in a terminal only, so a second shell types in one.
  @Test(
    "zsh completes a command and an option",
    arguments: [
      ("fdtrack repo", "fdtrack report "),
      ("fdtrack run --fail-on-l", "fdtrack run --fail-on-leak "),
      ("fdtrack-report --gen", "fdtrack-report --gen-suppressions "),
    ])
  func zsh(typed: String, completed: String) throws {
    try withInstalled { prefix in
      try write(
        """
        PS1= RPS1= ; unsetopt zle_bracketed_paste 2>/dev/null
        fpath=(\(prefix)/share/zsh/site-functions $fpath)
        autoload -Uz compinit && compinit -D -u
        show() { print -r -- "<$BUFFER>"; exit 0 }
        zle -N show && bindkey '^X' show
        print ready
        """, to: prefix + "/.zshrc")
      try write(
        """
        zmodload zsh/zpty
        zpty shell "ZDOTDIR=\(prefix) TERM=dumb zsh -d -i"
        zpty -r -m shell line '*ready*' || exit 1
        zpty -w -n shell $'\(typed)\\t\\C-x'
        zpty -r -m shell line '*>*' || exit 1
        print -r -- "$line"
        """, to: prefix + "/type")
      let outcome = try run(["/usr/bin/zsh", "-f", prefix + "/type"], folder: prefix)
      #expect(outcome.output.contains("<\(completed)>"), "\(outcome.output) \(outcome.errors)")
    }
  }
}
