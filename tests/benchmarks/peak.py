"""Runs the command after FILE and writes its peak memory, in KiB, to FILE.

A child's peak starts at its parent's size when it was started, so the parent is this: a small process.
"""

import os
import sys

assert sys.platform != "win32"  # which can neither start a process so, nor say what its peak was
file, *command = sys.argv[1:]
_, status, usage = os.wait4(os.posix_spawn(command[0], command, os.environ), 0)
with open(file, "w") as out:
    # macOS counts bytes.
    out.write(str(usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)))
sys.exit(os.waitstatus_to_exitcode(status))
