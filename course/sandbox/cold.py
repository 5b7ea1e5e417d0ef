"""A kernel where no warm process can fork one: `python -m course.sandbox.cold CONNECTION_FILE`.

macOS and Windows start here. The kernel has a home of its own and the limits that the system knows; it can
read what its user can read, so this is no place for a stranger's code, and `isolation()` says so.
"""

import os
import sys

from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from .kernel import do_without
from .limits import LIMITS_VARIABLE, WITHOUT_VARIABLE, Limits, names_without


def main(connection_file: str) -> None:
    """Serve one kernel."""
    home = os.environ.get("COURSE_HOME", os.getcwd())
    os.environ.update(HOME=home, USERPROFILE=home, IPYTHONDIR=os.path.join(home, ".ipython"))
    os.environ.pop("MPLBACKEND", None)  # ipykernel chooses the one that shows figures in the notebook
    Limits.from_json(os.environ.get(LIMITS_VARIABLE, "")).apply()
    do_without(names_without(os.environ.get(WITHOUT_VARIABLE, "")))
    config = Config()
    config.HistoryManager.enabled = False
    app = IPKernelApp.instance(config=config)
    app.initialize(["-f", connection_file])
    app.start()


if __name__ == "__main__":
    main(sys.argv[1])
