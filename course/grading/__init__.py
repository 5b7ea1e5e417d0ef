"""Autograder: find submissions, run each with the solution's questions, compare, report.

The expected answers of a grading run are never in a student's process: points come from comparing values
here, in the grader, which executes and unpickles nothing of what students hand in.
"""

from course import notebooks as notebooks  # first of all: it makes nbformat quick to import
