#!/bin/sh
# Runs as root in a Debian that has nothing but what it needs to run, without a network:
# inside.sh PACKAGE LEAKING-PROGRAM
# Installs the package, uses it as its manual says, and purges it.
set -eu
package=$1 program=$2

fail() {
  echo "inside: $*" >&2
  exit 1
}

# holds FILE TEXT
holds() {
  grep -qF -- "$2" "$1" || { cat "$1" >&2 && fail "the report does not say: $2"; }
}

# listed: every file, but for those that come and go.
listed() {
  find / -xdev \( -path /proc -o -path /tmp -o -path /run -o -path /var \) -prune -o \
    -type f -print -o -type l -print | sort
}

export DEBIAN_FRONTEND=noninteractive
listed >/tmp/before
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$package" >/tmp/log 2>&1 ||
  { cat /tmp/log >&2 && fail "the package cannot be installed"; }
dpkg --verify fdtrack
! command -v swift >/dev/null || fail "there is a Swift here"

mkdir /tmp/use
cd /tmp/use
cp "$program" server

# The two lines, by the names that a user types.
LD_PRELOAD=libfdtrack.so ./server leak
fdtrack-report trace.bin >report
holds report "LEAK  10 tcp sockets"
holds report "connect() failed"
holds report "manners.c:"
cat report

# An interpreter, of which nobody has symbols.
cat >dial.pl <<'END'
use POSIX ();
use Socket;
my @kept;
for (1 .. 20) {
  socket(my $end, PF_UNIX, SOCK_STREAM, 0) or die;
  connect($end, pack_sockaddr_un("/nowhere"));
  push @kept, $end;
}
POSIX::_exit(0); # Its end would close them.
END
status=0
fdtrack run --fail-on-leak -- perl dial.pl 2>report || status=$?
[ "$status" = 1 ] || { cat report >&2 && fail "fdtrack run ended with $status"; }
# Perl opens the first socket elsewhere: there it learns whether SOCK_CLOEXEC works.
holds report "leak 20 fds"
holds report "ENOENT"

fdtrack --version
[ -s /usr/share/man/man1/fdtrack.1.gz ] || fail "there is no man page"

cd /
apt-get purge -qq -y -o Dpkg::Use-Pty=0 fdtrack >/tmp/log 2>&1 || { cat /tmp/log >&2 && fail "it cannot be purged"; }
apt-get autoremove -qq -y --purge -o Dpkg::Use-Pty=0 >/tmp/log 2>&1
listed >/tmp/after
diff /tmp/before /tmp/after || fail "purging left or took something"
