"""Exchange with learning platforms: what Moodle, Canvas and nbgrader hand over, and what they read.

A platform is one object in one file; `PLATFORMS` lists them. `course collect` takes the zip of one apart,
`course export` writes the grades as one reads them.
"""

from . import canvas, moodle, nbgrader_export, spreadsheet
from .platform import Platform

PLATFORMS: dict[str, Platform] = {
    made.name: made
    for made in (spreadsheet.PLATFORM, moodle.PLATFORM, canvas.PLATFORM, nbgrader_export.PLATFORM)
}
