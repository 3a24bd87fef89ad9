"""The program's logger, `dottedline`: it says nothing unless the host gives it a handler.

Loaded only by what has something to log: `import dottedline` does without.
"""

from __future__ import annotations

import logging

#: What is logged, and at which level, stands in `docs/embedding.md`.
LOGGER = logging.getLogger("dottedline")
LOGGER.addHandler(logging.NullHandler())
