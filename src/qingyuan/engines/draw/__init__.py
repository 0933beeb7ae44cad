"""A draw that anyone can repeat: who is inspected and by whom, decided by numbers nobody could choose.

    commitment  the pool as committed before the draw: objects with weights, strata with quotas, officers, recusals, the source of the seed
    algorithm   from commitment and public value to drawn objects and their officers; exact integers only
    bundle      commitment, public value, result and proof of sealing in one file, and what is wrong with it
    console     qingyuan draw commit | run | verify

The order is the proof.  The pool and the algorithm are fixed and sealed first; the seed comes later, from a value that did not
exist then.  ``docs/verify_draw.py`` repeats the computation in thirty lines of plain Python.  This room imports no other engine.
"""
