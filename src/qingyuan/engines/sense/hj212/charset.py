"""Text out of bytes: ASCII, then UTF-8 as 2017 §6.3.2 asks, then what Chinese loggers really send."""

from __future__ import annotations

from .faults import Fault, fault


def to_text(raw: bytes, faults: list[Fault]) -> str:
    """Return the text of ``raw``; appends a fault when it is not ASCII or UTF-8.  Never raises.

    GB18030 is tried after strict UTF-8; bytes that are neither come back one character per byte (latin-1), so that
    encoding the text as latin-1 gives the same bytes again.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        faults.append(fault("text_unreadable"))
        return raw.decode("latin-1")
    faults.append(fault("text_gb18030"))
    return text
