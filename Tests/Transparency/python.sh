# shellcheck shell=bash
# CPython's own tests of what has to do with descriptors, from Debian's
# libpython3.11-testsuite.
python=/usr/bin/python3.11

parts() {
  if [[ $short ]]; then
    echo test_fileio test_posix test_popen test_select test_pty test_fcntl test_mmap test_epoll
    return
  fi
  echo test_os test_posix test_subprocess test_socket test_io test_fileio test_tempfile \
    test_selectors test_select test_poll test_epoll test_signal test_threading \
    test_multiprocessing_fork test_multiprocessing_spawn test_multiprocessing_forkserver \
    test_asyncio test_popen test_pty test_shutil test_mmap test_fcntl test_ioctl test_eintr \
    test_faulthandler test_ctypes test_largefile test_file test_fork1 test_wait3 test_wait4 \
    test_openpty test_pathlib test_glob test_ssl test_socketserver test_httpservers \
    test_urllib2_localnet test_concurrent_futures test_exceptions test_cmd_line test_resource \
    test_site test_venv test_sys test_posixpath test_mailbox test_dbm test_sqlite3 test_zipfile \
    test_tarfile test_gzip test_curses test_readline test_syslog test_pwd test_grp
}

# outcomes HOW MODULE FILE [TEST]
outcomes() {
  local how=$1 module=$2 file=$3 xml="$scratch/python.xml" match=()
  [[ $# -lt 4 ]] || match=(--match "$4")
  rm -rf "$xml" "$scratch/python"
  mkdir "$scratch/python"
  # Its status says whether all passed, which need not be. Where there is a VSOCK
  # device without a host behind it, those tests wait for ever.
  (cd "$scratch/python" && $how timeout 900 "$python" -m test \
    -u all,-network,-urlfetch,-largefile,-gui,-cpu --ignore "*VSOCK*" \
    --junit-xml "$xml" --tempdir "$scratch/python" "${match[@]}" "$module") \
    >"$scratch/python.log" 2>&1 </dev/null || true
  "$python" "$project/Tests/Transparency/junit_outcomes.py" "$xml" >"$file"
}
