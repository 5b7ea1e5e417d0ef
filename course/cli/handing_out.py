"""Commands that hand the course out: start, for a student; release, for an instructor."""

import os
import shlex
from pathlib import Path
from subprocess import list2cmdline
from typing import Annotated

import typer

from .app import app, console

RELEASE = Path("build/release")


@app.command()
def start(
    folder: Annotated[
        Path | None, typer.Argument(help="Your folder; with --update, the one that you are in.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Bring what is new; what you wrote stays as it is.")
    ] = False,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A release: a folder or zip; else the installed course."),
    ] = None,
):
    """Lay lectures and exercises out in a folder of yours."""
    from contextlib import nullcontext

    from course.errors import UsageError, quantity
    from course.notebooks.handout import handout_of, installed
    from course.notebooks.laying_out import find_laid_out, lay_out, unpacked

    if folder is None and not update:
        raise UsageError("name a folder for the course, such as: course start my-course")
    place = folder or find_laid_out(Path.cwd())
    with unpacked(source) if source else nullcontext(installed()) as root:
        handout = handout_of(root)
        done = lay_out(handout, place, update)
    for line in done.kept:
        console.print(line, soft_wrap=True)
    counts = f"{quantity(len(done.new), 'file')} new, {len(done.renewed)} renewed, {len(done.kept)} kept"
    if update:
        print(f"{done.before} → {handout.version}: {counts}")
    else:
        exercises = sum(name.startswith("exercises/") and name.endswith(".ipynb") for name in handout.files)
        quote = list2cmdline if os.name == "nt" else shlex.join
        print(f"{quantity(exercises, 'session')} in {place}; next: {quote(['cd', str(place)])} && course lab")


@app.command()
def release(
    sessions: Annotated[list[str] | None, typer.Argument(help="Sessions; all when none is named.")] = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="A new folder; the zip is written beside it.")
    ] = Path("build/release"),
    install: Annotated[
        str, typer.Option(help="What students install: a wheel's address, git+https://HOST/OWNER/NAME …")
    ] = "",
):
    """Write what students get: a folder and a zip, no solutions."""
    from course.errors import quantity
    from course.notebooks.handout import RECORD, UNNAMED, release_of
    from course.notebooks.laying_out import give_away
    from course.notebooks.workbook import find_workbook

    handout = release_of(find_workbook(), sessions or [], install)
    archive = give_away(handout, out)
    if not install:
        print(f"without --install, README.md says {UNNAMED} where it says what to install")
    print(f"{quantity(len({*handout.files, RECORD}), 'file')} in {out}\n{archive}")
