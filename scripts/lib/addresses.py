"""Addresses inside of functions: addresses.py FILE COUNT. COUNT distinct ones of the ELF file,
a line each, evenly over its functions and in no order; the same ones each time."""

import random
import subprocess
import sys


def functions(path):
    listing = subprocess.run(
        ["nm", "-S", "--defined-only", path], capture_output=True, text=True, check=True
    )
    for line in listing.stdout.splitlines():
        parts = line.split(" ", 3)
        if len(parts) == 4 and parts[2] in "tTwW" and int(parts[1], 16) > 0:
            yield int(parts[0], 16), int(parts[1], 16)


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    known = list(functions(path))
    choice = random.Random(1)
    addresses = set()
    while len(addresses) < count:
        start, size = choice.choice(known)
        addresses.add(start + choice.randrange(size))
    for address in choice.sample(sorted(addresses), count):
        print(f"0x{address:x}")


main()
