"""What can go wrong, and whose fault it is.

    QingyuanError
    ├── NotAllowed    a step out of order or without its conditions; ``reasons`` says what is missing, each with its article
    ├── NotYours      the row exists, or not: this viewer may not know
    ├── BadInput      what was given cannot be read; says what is wrong and what would be right
    └── Corrupt       what was sealed is not what is there now

Messages are part of the interface: Chinese, in the trade's words, with the article where one applies.
"""

from __future__ import annotations

from collections.abc import Iterable


class QingyuanError(Exception):
    """Anything this project raises on purpose."""


class NotAllowed(QingyuanError):
    """A step that the procedure does not allow now.

    ``reasons`` is never empty; each one is a whole sentence an officer can act on.
    """

    def __init__(self, reasons: str | Iterable[str]) -> None:
        self.reasons = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__("；".join(self.reasons))


class NotYours(QingyuanError):
    """The viewer's scope does not cover the row; says nothing about whether it exists."""


class BadInput(QingyuanError):
    """Input that cannot be taken; ``field`` names the place when there is one."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class Corrupt(QingyuanError):
    """Sealed bytes that no longer match their digest; the message names where."""
