"""Return of submissions: what a student handed in, as files: `course submissions OUT --student NAME`."""

from collections.abc import Iterator
from pathlib import Path

from course.errors import UsageError

from ..record.roster import Attempt


def give_back(attempts: list[Attempt], session: str, folder: Path) -> Iterator[str]:
    """Write FOLDER/1/SESSION.ipynb, FOLDER/2/…, with the modules beside; a line for each attempt.

    Raises:
        UsageError: the folder is there already and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"FOLDER={str(folder)!r} is there already; name a new folder")
    for number, attempt in enumerate(attempts, start=1):
        seen = f"attempt {number}, first seen {attempt.at[:16].replace('T', ' ')}"
        if attempt.content is None:
            yield f"{seen}: nothing was kept: {attempt.trouble}"
            continue
        place = folder / str(number)
        place.mkdir(parents=True)
        files = {f"{session}.ipynb": attempt.content, **attempt.modules}
        for name, content in files.items():
            (place / name).write_bytes(content)
        yield f"{seen}: {place}: {', '.join(files)}, {sum(map(len, files.values())):,} bytes"
