"""The door for students: JupyterLab, opened at a welcome page that knows how far they are."""

from course import notebooks as notebooks  # first of all: it makes nbformat quick to import
