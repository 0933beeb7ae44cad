"""What the gateway has written becomes leaves of the ledger."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from qingyuan.engines.ledger import sealing


def seal(data: Path | str, *, at: dt.datetime) -> sealing.Sealed:
    """Seal every synced record of the spool that is not yet sealed, and sign a checkpoint; to be called each minute."""
    return sealing.seal(data, at)
