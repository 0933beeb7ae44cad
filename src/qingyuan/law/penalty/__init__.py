"""From a violation, its dates and its circumstances to a fine that anyone can compute again.

    calculate   facts → range, amount, working, certificate        verify   does a certificate hold?
    questions   what has to be asked for a case                    similar  what the same facts cost others
    heaviest    one act against several rules: the higher fine
"""

from .calculate import PenaltyResult, assess, calculate
from .certificate import outdated, qr_payload, sign, verify
from .concurrence import Concurrence, heaviest
from .given import PenaltyInput, read_input
from .questions import Question, questions
from .similar import Distribution, similar

__all__ = [
    "Concurrence", "Distribution", "PenaltyInput", "PenaltyResult", "Question",
    "assess", "calculate", "heaviest", "outdated", "qr_payload", "questions", "read_input", "sign", "similar", "verify",
]  # fmt: skip
