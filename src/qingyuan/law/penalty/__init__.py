"""From a violation, its dates and its circumstances to a fine that anyone can compute again.

    calculate   facts → range, amount, working, certificate        verify   does a certificate hold?
    questions   what has to be asked for a case                    similar  what the same facts cost others
"""

from .calculate import PenaltyResult, assess, calculate
from .certificate import qr_payload, sign, verify
from .given import PenaltyInput, read_input

__all__ = ["PenaltyInput", "PenaltyResult", "assess", "calculate", "qr_payload", "read_input", "sign", "verify"]
