"""How properties are tried: the same examples on every run, for as long as they take.

`HYPOTHESIS_PROFILE=search` tries new examples on each run instead, to look for new failures.
"""

import os

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
