"""In the JupyterLab of `course lab`, a question that runs before the cells at the top says what to do."""

import pytest
from jupyter_client.manager import start_new_kernel

from course.lab.start import environment
from course.questions.session import FIRST_CELLS


@pytest.fixture(scope="module")
def run():
    """Run cells in a kernel as that JupyterLab starts it; gives the error's name and its traceback's text."""
    manager, client = start_new_kernel(kernel_name="python3", env=environment())

    def run(source):
        errors = []
        client.execute_interactive(source, output_hook=errors.append, timeout=120)
        content = next(m["content"] for m in errors if m["msg_type"] == "error")
        return content["ename"], "\n".join(content["traceback"])

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


QUESTION = '@question("double")\ndef _(rng):\n    return 1'


def test_a_question_before_the_imports(run):
    """One line in place of a traceback about a name that the student has never heard of."""
    assert run(QUESTION) == ("NameError", FIRST_CELLS)
    assert run('begin("06_optimizers", seed=0)') == ("NameError", FIRST_CELLS)


def test_a_question_before_begin(run):
    """The same line when the imports ran and begin did not."""
    name, said = run(f"from course.questions import question\n\n\n{QUESTION}")
    assert (name, said) == ("NotBegun", FIRST_CELLS)


def test_other_names_have_their_traceback(run):
    """A slip of the student's own is shown as IPython always does."""
    name, said = run("x = 1\ny = z + x")
    assert name == "NameError" and "name 'z' is not defined" in said and "y = z + x" in said
