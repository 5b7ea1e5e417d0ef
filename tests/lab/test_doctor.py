"""Troubles are planted, and the doctor names the fix."""

import json
import os
import subprocess
import sys

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from course.lab.doctor import (
    BROKEN,
    NOTE,
    OK,
    check_disk,
    check_isolation,
    check_kernels,
    check_probe,
    check_python,
    check_widgets,
    unfit_requirement,
)
from course.lab.probe import Probe, run_probe


def stub(tmp_path, **packages):
    """An environment whose Python finds these files before the installed packages."""
    for name, text in packages.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return os.environ | {"PYTHONPATH": str(tmp_path)}


def kernels(tmp_path, **programs):
    """A manager that knows these kernels alone."""
    for name, program in programs.items():
        folder = tmp_path / name.replace("_", "-")
        folder.mkdir()
        spec = {"argv": [program, "-m", "x"], "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec), "utf-8")
    return KernelSpecManager(kernel_dirs=[str(tmp_path)], ensure_native_kernel=False)


def test_an_old_python():
    """Python 3.10 is too old, 3.11 and 3.20 are not."""
    old = check_python((3, 10, 14))
    assert old.state == BROKEN and "install Python 3.11 or newer" in old.fix
    assert check_python((3, 11, 0)).state == check_python((3, 20, 1)).state == OK


def test_a_full_disk(tmp_path):
    """With less room than asked for, the fix says how much to make."""
    assert check_disk(tmp_path, least_bytes=1).state == OK
    full = check_disk(tmp_path, least_bytes=2**60)
    assert full.state == BROKEN and full.fix.startswith("make room for 1073741824.0 GiB")


def test_a_missing_kernel(tmp_path, monkeypatch):
    """Without kernelspecs and without ipykernel, both kernels are named with the command that brings them."""
    for module in ("ipykernel", "ipykernel.kernelspec"):  # jupyter_client makes python3 up from these
        monkeypatch.setitem(sys.modules, module, None)
    python3, sandbox, ipykernel = check_kernels(kernels(tmp_path))
    assert (ipykernel.state, ipykernel.fix) == (BROKEN, "pip install ipykernel")
    assert (python3.part, sandbox.part) == ("kernel python3", "kernel course-sandbox")
    assert python3.state == sandbox.state == BROKEN
    assert python3.fix.endswith("-m pip install --force-reinstall ipykernel")
    assert sandbox.fix.endswith("-m pip install --no-deps -e .")


def test_a_kernel_of_a_python_that_is_gone_or_another(tmp_path):
    """A kernel whose Python was deleted is broken; one of another Python is a note; ours is well."""
    gone, fine = check_kernels(kernels(tmp_path, python3="/gone/bin/python", course_sandbox="python"))
    assert gone.state == BROKEN and "which is not there" in gone.detail
    assert gone.fix.endswith("-m ipykernel install --sys-prefix")
    assert fine.state == OK
    (tmp_path / "other").mkdir()
    program = sys.executable + "-other"
    for target, state in [(program, BROKEN), (os.path.join(os.sep, "bin", "sh"), NOTE), (sys.executable, OK)]:
        folder = tmp_path / "other" / str(state)
        folder.mkdir()
        if state == NOTE and not os.path.exists(target):
            continue
        assert check_kernels(kernels(folder, python3=target))[0].state == state


def test_a_damaged_kernelspec(tmp_path):
    """A kernel.json that is no JSON, or has no program, is reported as missing."""
    manager = kernels(tmp_path, python3="python", course_sandbox="python")
    (tmp_path / "python3" / "kernel.json").write_text("{", "utf-8")
    (tmp_path / "course-sandbox" / "kernel.json").write_text('{"argv": []}', "utf-8")
    assert [finding.state for finding in check_kernels(manager)] == [BROKEN, BROKEN]


def test_missing_and_old_widgets(tmp_path):
    """Without JupyterLab's extension, or with one of another release, the fix names the packages."""
    assert {finding.state for finding in check_widgets()} == {OK}
    ipywidgets, ipycanvas = check_widgets([str(tmp_path)])
    assert "widgets show as text" in ipywidgets.detail
    assert ipywidgets.fix == "pip install --force-reinstall --no-deps ipywidgets jupyterlab_widgets"
    assert ipycanvas.fix == "pip install --force-reinstall --no-deps ipycanvas"
    assert "1.1.0 is installed" in unfit_requirement("ipywidgets", "jupyterlab_widgets", "1.1.0")
    assert unfit_requirement("ipywidgets", "jupyterlab_widgets") == ""
    assert unfit_requirement("ipywidgets", "no_such_package") == "no_such_package is not installed"


@pytest.mark.nightly("starts torch once more; the other tests need such a machine", early=True)
@pytest.mark.slow
def test_a_machine_that_is_well():
    """The real child imports torch and torchvision and loads the digits."""
    findings = {finding.part: finding for finding in check_probe(run_probe())}
    assert findings["data"].detail == "3,500 digits to train"
    assert BROKEN not in {finding.state for finding in findings.values()}


def test_a_broken_torch(tmp_path):
    """A torch that cannot be imported is one line with its fix, and so is what builds on it."""
    environment = stub(tmp_path, torch='print("{", 3)\nraise ImportError("libcudart.so.13:\\n no such file")')
    findings = {finding.part: finding for finding in check_probe(run_probe(environment))}
    assert findings["torch"].detail == "ImportError: libcudart.so.13: no such file"
    assert findings["torch"].fix == "pip install --force-reinstall torch torchvision"
    assert findings["torch"].state == findings["data"].state == BROKEN


def test_a_torch_that_kills_python(tmp_path):
    """An import that ends the process is told as such; the steps behind it were not reached."""
    environment = stub(tmp_path, torch="import os\nos._exit(9)")
    torch, torchvision, *_ = check_probe(run_probe(environment))
    assert torch.detail == "Python ended with 9" and torch.fix
    assert (torchvision.detail, torchvision.fix) == ("not reached", "mend what stands above first")


def test_a_torch_that_hangs(tmp_path):
    """An import that never ends is given up after the time limit."""
    environment = stub(tmp_path, torch="import time\ntime.sleep(60)")
    assert run_probe(environment, timeout_s=1).errors == {"torch": "took longer than 1 s"}


def test_a_python_that_does_not_start(tmp_path):
    """A child that says nothing at all is a broken torch, never a machine that is well."""
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(3)")
    probe = run_probe(os.environ | {"PYTHONPATH": str(tmp_path)})
    assert probe == Probe({}, {"torch": "Python ended with 3"})


def test_isolation_that_cannot_be_tried_is_a_note(monkeypatch):
    """Whatever goes wrong with the sandbox, students are not told that their machine is broken."""

    def fail(fresh=False):
        raise OSError("no such system call")

    monkeypatch.setattr("course.sandbox.isolation", fail)
    finding, attempts = check_isolation()
    assert finding.state == NOTE and "no such system call" in finding.detail and finding.fix and not attempts


@pytest.mark.nightly("looks at the whole machine; its parts are tried by day")
@pytest.mark.slow
def test_the_command_ends_with_1_and_names_the_fix(tmp_path):
    """`course doctor` with a planted broken torchvision prints its fix and ends with 1."""
    environment = stub(tmp_path, torchvision="raise RuntimeError('operator nms does not exist')")
    run = subprocess.run(
        [sys.executable, "-m", "course", "doctor"],
        env=environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 1, run.stderr
    assert "operator nms does not exist" in run.stdout and "1 to mend" in run.stdout
    assert "torch and torchvision must be of one release" in run.stdout
