"""What a child that reads a stranger's file gives up before it begins: all but its memory and one pipe."""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from typing import Final

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38  # prctl(2)
_FILTER_MODE: Final = 2

# System calls by number: x86-64 (arch/x86/entry/syscalls/syscall_64.tbl), arm64 (include/uapi/asm-generic/unistd.h).
# Memory, locks, clocks and signals of its own, writing to the pipe, reading random numbers from what is open, and the
# end. Nothing opens, connects or starts.
_ALLOWED: Final = {
    "x86_64": {
        *(0, 1, 11, 12, 13, 14, 15, 24, 25, 28, 39, 60, 96, 131, 186, 202, 219, 228, 231, 318),
    },
    "aarch64": {
        *(63, 64, 215, 214, 134, 135, 139, 124, 216, 233, 172, 93, 169, 132, 178, 98, 128, 113, 94, 278),
    },
}
_MAP_AND_PROTECT: Final = {"x86_64": (9, 10), "aarch64": (222, 226)}  # never as program code
_TGKILL: Final = {"x86_64": 234, "aarch64": 131}  # of itself alone: so abort(3) ends as signal 6
# What starts a thread in the same memory, and nothing else: clone(2) with exactly these flags. clone3 has its flags in
# memory, where no filter sees them, so it is said to be missing, and the C library takes clone in its place.
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_CLONE3: Final = {"x86_64": 435, "aarch64": 435}
_OF_A_THREAD: Final = 0x3D0F00
_THREADS: Final = {"x86_64": (273, 334), "aarch64": (99, 293)}  # set_robust_list, rseq: how a thread begins
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_PROT_EXEC: Final = 4

_LOAD, _EQUALS, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF: ld abs, jeq, jset, ret
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = (
    0,
    4,
    16,
)  # struct seccomp_data; of an argument the lower half comes first
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_MISSING: Final = 0x00050000 | errno.ENOSYS


class NotConfined(OSError):
    """The kernel did not take a limit that it took before."""


def machine() -> str:
    """The name under which the filter is known, or nothing where there is none for this machine."""
    is_known = sys.platform == "linux" and platform.machine() in _ALLOWED and sys.byteorder == "little"
    return platform.machine() if is_known and sys.maxsize > 2**32 else ""


def tie_to_parent(parent: int) -> None:
    """End when the reader ends, however that ends (Linux)."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def confine(*, seconds: int, patience: int, megabytes: int, filtered: bool, threads: bool = False) -> None:
    """Give up everything but memory, the processor for a while, and what is open. Raises OSError.

    Ends by SIGXCPU after `seconds` of processor time, by SIGALRM after `patience` seconds of the clock.
    """
    for number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, patience)
    for limit, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_FSIZE, 0),
        *([] if threads else [(resource.RLIMIT_NPROC, 0)]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        _prctl(PR_SET_DUMPABLE, 0)
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if filtered:
        _filter(threads)


def _filter(threads: bool) -> None:
    program = _program(machine(), os.getpid(), threads=threads)
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(code)))
    _prctl(PR_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(header))


def _program(name: str, pid: int, *, threads: bool = False) -> bytes:
    """The filter: the calls of the list, some with a condition on an argument; any other is EPERM."""
    lines = [(_LOAD, 0, 0, _ARCH_AT), (_EQUALS, 1, 0, _AUDIT_ARCH[name]), (_RETURN, 0, 0, _KILL)]
    lines += [(_LOAD, 0, 0, _NUMBER_AT)]
    for number in sorted(_ALLOWED[name]):
        lines += [(_EQUALS, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for number in _MAP_AND_PROTECT[name]:
        lines += _with_argument(number, 2, (_ANY_BIT, 0, 1, _PROT_EXEC), if_so=_REFUSE, otherwise=_ALLOW)
    lines += _with_argument(_TGKILL[name], 0, (_EQUALS, 0, 1, pid), if_so=_ALLOW, otherwise=_REFUSE)
    if threads:
        for number in _THREADS[name]:
            lines += [(_EQUALS, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
        only = (_EQUALS, 0, 1, _OF_A_THREAD)
        lines += _with_argument(_CLONE[name], 0, only, if_so=_ALLOW, otherwise=_REFUSE)
        lines += [(_EQUALS, 0, 1, _CLONE3[name]), (_RETURN, 0, 0, _MISSING)]
    lines += [(_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


type _Line = tuple[int, int, int, int]


def _with_argument(number: int, index: int, asks: _Line, *, if_so: int, otherwise: int) -> list[_Line]:
    """For one call: what an argument decides."""
    return [
        (_EQUALS, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * index),
        asks,
        (_RETURN, 0, 0, if_so),
        (_RETURN, 0, 0, otherwise),
    ]


def _prctl(option: int, *arguments: int) -> None:
    values = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:4]]
    if _LIBC.prctl(option, *values):
        raise NotConfined(ctypes.get_errno(), f"prctl {option}")


_LIBC: Final = ctypes.CDLL(None, use_errno=True)
