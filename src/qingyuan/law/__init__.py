"""What the law says: dated, cited data in ``book/`` and pure functions over it.

Read ``rulebook`` first (how the data are kept), then ``choice`` (which law), ``limits`` (which limit value),
``deadlines`` (until when) and ``penalty`` (how much).  Nothing here asks what day it is: the day is an argument.
"""
