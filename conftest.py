"""The suite gives the same answer each time: property tests draw the same examples on every run.

``HYPOTHESIS_PROFILE=search`` looks for new examples instead; do it now and then, and pin what it finds with @example.
"""

import os

from hypothesis import settings

settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
