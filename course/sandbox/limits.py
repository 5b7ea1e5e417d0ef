"""Resource limits and environment of a kernel in the sandbox."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import platformdirs

from course import threads

MIB = 2**20
THREADS_MIB = 256  # addresses that the threads of a kernel reserve; most are never touched
LIMITS_VARIABLE, WITHOUT_VARIABLE = "COURSE_LIMITS", "COURSE_WITHOUT"  # variables of a kernel's environment


@dataclass(frozen=True)
class Limits:
    """Bounds for one kernel and all that it starts. All must be positive integers.

    Raises:
        ValueError: a limit is not.
    """

    memory_mib: int = 3072  # for each process, and for all together, beyond what the warm process has
    processes: int = 64  # threads count; a kernel has about ten
    cpu_seconds: int = 1200  # for each process
    file_mib: int = 256  # the largest file
    scratch_mib: int = 256  # all files together: the home folder and /tmp
    scratch_files: int = 20_000
    shared_mib: int = 64  # /dev/shm, where a DataLoader's workers leave their batches
    open_files: int = 512

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{field.name}={value!r} must be an integer, at least 1")

    def to_json(self) -> str:
        """The limits as text, to pass in the environment."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Limits":
        """The limits that `to_json` wrote; what is not named keeps its default.

        Raises:
            ValueError: the text is not such a dict.
        """
        values = json.loads(text) if text else {}
        known = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or values.keys() - known:
            raise ValueError(f"limits={text[:100]!r} must be a JSON object with keys of {sorted(known)}")
        return cls(**values)

    def apply(self, running: int = 0) -> None:
        """Set those limits of this process that the system knows; the others are set elsewhere.

        Args:
            running: processes and threads of the same user that run already, which the system counts too.
        """
        try:
            import resource
        except ImportError:
            return  # Windows
        wanted = {
            resource.RLIMIT_FSIZE: self.file_mib * MIB,
            resource.RLIMIT_CPU: self.cpu_seconds,
            resource.RLIMIT_NOFILE: self.open_files,
            resource.RLIMIT_CORE: 0,
        }
        if os.path.exists("/proc/self/statm"):  # macOS does not bound memory, and counts all processes
            with open("/proc/self/statm", encoding="ascii") as file:
                have = int(file.read().split()[0]) * resource.getpagesize()
            wanted[resource.RLIMIT_AS] = have + (self.memory_mib + THREADS_MIB) * MIB
            wanted[resource.RLIMIT_NPROC] = self.processes + running
        for limit, value in wanted.items():
            hard = resource.getrlimit(limit)[1]
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            resource.setrlimit(limit, (value, value))


def names_without(text: str) -> tuple[str, ...]:
    """The modules that `environment` wrote down as one variable."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def environment(limits: Limits | None = None, without: Iterable[str] = ()) -> dict[str, str]:
    """What a kernel's environment must say, for these limits and without these modules."""
    return {LIMITS_VARIABLE: (limits or Limits()).to_json(), WITHOUT_VARIABLE: ",".join(without)}


def clean_environment() -> dict[str, str]:
    """Nothing of the grader's environment but where the system's programs are; one thread a library."""
    fonts = Path(platformdirs.user_cache_dir("course")) / "matplotlib"
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(fonts),
        "MALLOC_ARENA_MAX": "2",  # each thread would reserve 64 MiB of addresses
        threads.OMP: "1",  # for large nets too: other kernels have the other processors
    }
