#!/usr/bin/python3
"""peak.py PARSER KIND FILE: «exit code» or the signal, what it said, and its peak of memory in KB."""
import os
import signal
import sys
import tempfile

words = tempfile.TemporaryFile()
pid = os.fork()
if pid == 0:
    os.dup2(os.open(sys.argv[3], os.O_RDONLY), 0)
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.dup2(words.fileno(), 2)
    os.execv(sys.argv[1], [sys.argv[1], sys.argv[2]])
_, status, usage = os.wait4(pid, 0)
words.seek(0)
said = words.read().decode(errors="replace").split("\t")[0].strip()
ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else str(os.WEXITSTATUS(status))
print(ended, said or "-", usage.ru_maxrss)
