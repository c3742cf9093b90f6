"""What the C library's allocator is told, so that a process with several threads stays small.

Both are wishes: an allocator other than glibc's does not know them and nothing is lost. See mallopt(3), malloc_trim(3).
"""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8


def share_one_arena() -> None:
    """To be called before threads are started: each would get an arena of its own, about 10 MB in all.

    One is enough, as only one thread at a time holds the interpreter.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Give free memory back to the system: about 15 MB after the models were loaded."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
