"""Notebook files: read, normalized, filled with quotes, cut into exercises, executed.

No torch here. Student code runs in kernels only, which `execute` starts.
"""

import sys


def _import_nbformat() -> None:
    """Without jsonschema's grammar of web addresses, which takes 3 seconds to load and is not used here."""
    grammar = "rfc3987_syntax"
    if grammar in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[grammar] = None  # as if it were not installed: jsonschema does without
    try:
        import nbformat  # noqa: F401
    finally:
        del sys.modules[grammar]


_import_nbformat()
