"""Qingyuan 清源: from a sensor packet to a closed case, in nine steps.

    sense        devices speak, we write down what they said
    store        once, in order, sealed
    judge        what was measured against what is allowed
    clues        something worth a person's time
    dispatch     who goes
    inspections  what they saw
    cases        what the law makes of it
    publish      what the public may know
    learn        whether we were right

A step may import the steps above it, never those below.  The ground under all of them is law, ledger,
registry and docket; faces are only the frame.  Read next: docs/pipeline.md.
"""

__version__ = "0.1.0"
