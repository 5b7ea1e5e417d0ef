"""The library behind the CNN course workbook. Importing it is cheap: torch loads with the sub-package."""

__version__ = "0.1.0"
