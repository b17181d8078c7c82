"""What a child of the reader would try if a file had taken it over: each try, and how it ended, as a line of JSON.

    python -m tests.rooms.reader.captured [free|limits|filter|threads]

`free` is the control: nothing is given up. `threads` is the filter of a task whose library needs them. Not a test by
itself: test_confinement.py runs it.
"""

import ctypes
import errno
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

from rukhsa.reader import confinement

LIBC: Final = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p
AT_FDCWD, PTRACE_SEIZE, EXECUTABLE, PRIVATE = -100, 0x4206, 5, 0x22
UNSHARE, PROCESS_VM_READV = {"x86_64": (272, 310), "aarch64": (97, 270)}.get(os.uname().machine, (0, 0))

MAY_TRACE_US: Final = 0x59616D61  # PR_SET_PTRACER


def tries(parent: int, secret: str) -> dict[str, Callable[[], int]]:
    """Each gives what the call gave: less than zero where it was refused."""
    path = secret.encode()
    room = ctypes.create_string_buffer(16)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(room), 1)
    at = ctypes.addressof(vector)
    return {
        "open a file": lambda: LIBC.open(path, os.O_RDONLY),
        "open it by another call": lambda: LIBC.openat(AT_FDCWD, path, os.O_RDONLY),
        "read the environment of the reader": lambda: LIBC.open(b"/proc/%d/environ" % parent, os.O_RDONLY),
        "make a file": lambda: LIBC.open(path + b".new", os.O_WRONLY | os.O_CREAT, 0o600),
        "delete a file": lambda: LIBC.unlink(path + b".gone"),
        "list a folder": lambda: LIBC.open(b"/", os.O_DIRECTORY),
        "a socket of the internet": lambda: LIBC.socket(socket.AF_INET, socket.SOCK_STREAM, 0),
        "a socket of this machine": lambda: LIBC.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0),
        "a pipe": lambda: LIBC.pipe(ctypes.create_string_buffer(8)),
        "another process": _fork,
        "another program": lambda: _exec(path),
        "send a signal": lambda: LIBC.kill(parent, 0),
        "trace a process": lambda: LIBC.ptrace(PTRACE_SEIZE, parent, 0, 0),
        "read another's memory": lambda kept=(room, vector): _call(PROCESS_VM_READV, parent, at, 1, at, 1, 0),
        "new program code": lambda: -1 if LIBC.mmap(0, 4096, EXECUTABLE, PRIVATE, -1, 0) == 2**64 - 1 else 0,
        "another user": lambda: LIBC.setuid(os.getuid()),
        "name spaces of its own": lambda: _call(UNSHARE, 0),
        "longer than its time": lambda: LIBC.setitimer(0, ctypes.create_string_buffer(32), None),
    }


def _call(number: int, *arguments: int) -> int:
    return int(LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)))


def _fork() -> int:
    child = int(LIBC.fork())
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
    return child


def _exec(path: bytes) -> int:
    # Of a file that is no program: where it is allowed at all, the kernel reads it and says ENOEXEC or EACCES.
    none = (ctypes.c_char_p * 1)(None)
    LIBC.execve(path, none, none)
    return 0 if ctypes.get_errno() in (errno.ENOEXEC, errno.EACCES) else -1


def main() -> None:
    """Try all of it in a child that gave up what the word says."""
    word, secret = sys.argv[1:]
    reading, writing = os.pipe()
    parent = os.getpid()
    LIBC.prctl(MAY_TRACE_US, ctypes.c_ulong(-1 & 2**64 - 1))  # where Yama lets no child trace its parent
    if not os.fork():
        attempts = tries(parent, secret)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if word != "free":
            filtered, threads = word in ("filter", "threads"), word == "threads"
            confinement.confine(seconds=5, patience=60, megabytes=512, filtered=filtered, threads=threads)
        for name, attempt in attempts.items():
            ctypes.set_errno(0)
            result = attempt()
            said = "done" if result >= 0 else errno.errorcode.get(ctypes.get_errno(), "refused")
            os.write(writing, json.dumps([name, said]).encode() + b"\n")
        os._exit(0)
    os.close(writing)
    with open(reading) as told:
        sys.stdout.write(json.dumps(dict(json.loads(line) for line in told)))
    os.wait()


if __name__ == "__main__":
    main()
