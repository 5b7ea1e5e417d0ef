"""One submission: find it, merge it into the exercise, run it, judge and read it."""
