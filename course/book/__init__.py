"""The book: lectures and folded solutions as a static site, built offline from the stored outputs.

Nothing runs here and nothing is written beside the notebooks. Sphinx works in a child process.
"""
