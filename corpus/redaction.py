"""What may be said aloud: addresses without passwords and tokens, errors without what they quote.

Logs, notifications and the names of runs leave the warehouse; pages and secrets do not.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from corpus.errors import CioAdviceError

HIDDEN = "***"
_USERINFO = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
_SECRET = re.compile(
    r"""([?&;#](?:[\w.~-]*(?:token|secret|passw|pwd|signature|credential|api[_-]?key|access[_-]?key|auth|session)[\w.~-]*
    |sig|key|sid|jwt|code)=)[^\s&;#"'<>]+""",
    re.IGNORECASE | re.VERBOSE,
)


def redacted(text: str) -> str:
    """Return `text` with user names, passwords and tokens of the addresses in it hidden; other text as it is."""
    return _SECRET.sub(rf"\1{HIDDEN}", _USERINFO.sub(f"{HIDDEN}@", text)) if "://" in text else text


def described(error: BaseException) -> str:
    """Return what may be said of an error: the message of our own ones, of others only what it was and where.

    Messages of foreign errors quote what they failed on, which may be a page.
    """
    name = type(error).__name__
    if isinstance(error, CioAdviceError):
        return redacted(f"{name}: {error}")
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return name
    last = frames[-1]
    return f"{name} in {Path(last.filename).name}:{last.lineno}, {last.name}"
