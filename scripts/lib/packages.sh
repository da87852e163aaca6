# shellcheck shell=bash
# Debian packages: installs what is missing, nothing else. Needs common.sh.

# How to become root: nothing when we are, else sudo.
as_root=()

# package_installed NAME
package_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# need_packages WHY NAME...: makes the packages available or ends the script
# with the command that somebody with the rights has to type.
need_packages() {
  local why=$1 missing=() name
  shift
  command -v dpkg-query >/dev/null ||
    die "this is not Debian or a relative of it; install by hand what $why needs: $*"
  for name; do
    package_installed "$name" || missing+=("$name")
  done
  ((${#missing[@]})) || return 0

  if ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo)
    elif command -v sudo >/dev/null && [[ -t 0 ]]; then
      as_root=(sudo) # asks for the password
    else
      die "$why needs packages that are not installed, and this user may not install them." \
        "Ask for: apt-get install ${missing[*]}"
    fi
  fi
  say "installing for $why: ${missing[*]}"
  install_quietly "${missing[@]}"
}

# install_quietly NAME...: apt-get with the package lists fetched only when the
# ones at hand do not do, and with no service started.
install_quietly() {
  hold_services
  local failed=0
  apt_install "$@" || {
    say "fetching the package lists"
    "${as_root[@]}" apt-get update -qq && apt_install "$@"
  } || failed=1
  release_services
  ((failed == 0)) || die "apt-get could not install: $* (its message is above)"
}

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Packages of servers start them on installation. The tests want the program,
# not the service: for the time of the installation policy-rc.d says no, unless
# this machine has a policy of its own.
policy=/usr/sbin/policy-rc.d
policy_is_ours=0

hold_services() {
  [[ -e $policy ]] && return 0
  printf '#!/bin/sh\n# Put here by fdtrack while it installs packages.\nexit 101\n' |
    "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  policy_is_ours=1
  trap release_services EXIT
}

release_services() {
  ((policy_is_ours)) || return 0
  "${as_root[@]}" rm -f "$policy"
  policy_is_ours=0
}
