# shellcheck shell=bash
# Runs of programs under strace, held against their traces. Needs common.sh.

# Every call that makes, moves or ends descriptors, processes or programs. What makes
# some has its rule in Tests/Oracle/Effects.swift.
readonly oracle_calls=open,openat,openat2,creat,open_by_handle_at,close,close_range,dup,dup2,dup3,\
fcntl,ioctl,socket,socketpair,accept,accept4,recvmsg,recvmmsg,pipe,pipe2,eventfd,eventfd2,\
epoll_create,epoll_create1,timerfd_create,signalfd,signalfd4,inotify_init,inotify_init1,\
memfd_create,memfd_secret,fanotify_init,pidfd_open,pidfd_getfd,mq_open,fsopen,fsmount,fspick,\
open_tree,userfaultfd,perf_event_open,bpf,io_uring_setup,landlock_create_ruleset,seccomp,unshare,\
clone,clone3,fork,vfork,execve,execveat,exit,exit_group

# close_others: nothing but descriptors 0, 1 and 2 for the programs that are run.
close_others() {
  local fd
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    # 255 is bash's own, which no program inherits.
    ((fd < 3 || fd == 255)) || eval "exec $fd>&-"
  done
}

# consult SHIM ORACLE COMMAND...: runs the command under strace with the shim in the
# current folder, and leaves `log`, `trace.bin` and `output` there. Its own status is
# in `status`. Prints what the log and the trace tell differently, and fails then.
consult() {
  local shim=$1 oracle=$2 status=0
  shift 2
  rm -f trace.bin
  timeout -k 5 120 strace -f -k -e trace="$oracle_calls" -o log -E LD_PRELOAD="$shim" \
    -E FDTRACK_OUT="$PWD/trace.bin" -E FDTRACK_SIZE="${FDTRACK_SIZE:-16M}" \
    -- "$@" </dev/null >output 2>&1 || status=$?
  echo "$status" >status
  "$oracle" trace.bin log
}
