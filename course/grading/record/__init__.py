"""Database of a grading, OUT/grades.sqlite, from which all else in OUT is written: all SQL stands here.

database       the file: schema, lock, transactions, settings, tasks, what was computed from the rest
roster         what a class has handed in, when, and what was changed by hand
runs           results, and which submissions still have none
final_grades   the gradebook's rows: attempts, late days, changes by hand
gradebook      those rows as CSV, and in words
"""
