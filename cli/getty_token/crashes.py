"""What a crash may leave behind: no core file, since the memory in it holds the secrets."""

import sys

_PR_SET_DUMPABLE = 4
"""linux/prctl.h"""


def forbid_core_dumps(children_too: bool = False) -> None:
    """
    Leave no memory behind when this process crashes.

    On Linux the kernel is told, which also bars other programs of the same user from reading this one's memory, and
    ends where the process becomes another program. `children_too` lowers the limit that children inherit; the hard
    limit stays, so they may raise it again.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if children_too or sys.platform != "linux":
        try:
            import resource
        except ImportError:  # Windows has no core files
            return
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
