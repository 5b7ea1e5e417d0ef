"""Library of the CNN course workbook. Importing it is cheap: torch loads with the sub-package."""

from . import threads

__version__ = "0.1.0"

threads.start_with_one()
