"""One thread for small matrices: those of a page are multiplied sooner by one than they are dealt out to several.

More threads also spin while they wait, which takes the time of other processes, and may add numbers in another order.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[object]:
    """Hold numpy's and scipy's products to one thread: from the call on, and within `with` only until its end."""
    held: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return held


@cache
def _controller() -> ThreadpoolController:
    """Return what knows the libraries that are loaded: numpy's is by then."""
    import numpy as np  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
