"""IPython startup file of `course lab`: who runs a question first is told to run the cells at the top.

`course lab` names this file in PYTHONSTARTUP, so every kernel of that JupyterLab runs it, in the notebook's
namespace. Nothing of the course is imported before a name is missing.
"""


def _tell_first(shell, kind, error, traceback, tb_offset=None):
    if error.name in ("begin", "question"):
        from course.questions.session import FIRST_CELLS

        error._render_traceback_ = lambda: [FIRST_CELLS]  # what IPython shows in place of a traceback
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)


get_ipython().set_custom_exc((NameError,), _tell_first)  # noqa: F821 (IPython's)
del _tell_first
