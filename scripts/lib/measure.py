"""Runs a command: measure.py COMMAND...; prints the milliseconds that it took and the KiB that
it had resident at most. Its output goes nowhere."""

import resource
import subprocess
import sys
import time

start = time.monotonic()
status = subprocess.run(sys.argv[1:], stdin=sys.stdin, stdout=subprocess.DEVNULL).returncode
took = time.monotonic() - start
print(f"{took * 1000:.0f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
sys.exit(status)
