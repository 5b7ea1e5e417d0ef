"""Root file system that a sandboxed kernel sees: the system and Python read-only, and little else.

/usr, /bin, /lib …      the system's programs and libraries, read-only
the interpreter         its prefix, the virtual environment and the package `course`, read-only
/etc                    a passwd with one user, the loader's cache, fonts, the time zone
/dev, /proc             what programs expect; only the kernel's own processes
/student, /tmp          empty, writable, in memory, bounded in bytes and in files together
/dev/shm                likewise, with a bound of its own

No other path of the machine has a name in here, so there is nothing to read and nothing to forbid.
"""

import os
import sys
from pathlib import Path

from . import linux
from .limits import Limits

HOME = "/student"
OLD = "/before"  # where the machine's own root waits until the new one is complete

# Parts of /usr and of Python's prefixes. Not the prefix itself: /usr/src/app may be the workbook.
PARTS = ("bin", "lib", "lib32", "lib64", "libexec", "sbin", "include", "pyvenv.cfg")
# Of share only what programs need to run: nbgrader keeps its exchange, with submissions, in /usr/local/share.
PARTS += tuple(
    f"share/{name}"
    for name in (
        *("ca-certificates", "file", "fontconfig", "fonts", "i18n", "icu", "jupyter", "locale", "mime"),
        *("misc", "perl", "tcltk", "terminfo", "X11", "xml", "zoneinfo"),
    )
)
SYSTEM = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types", "ssl")
DEVICES = ("null", "full", "random", "urandom", "tty")  # zero, mapped, is memory that nobody is charged for
TERMINALS = 16
CPUS = Path("/sys/devices/system/cpu")
PACKAGE = Path(__file__).absolute().parents[1]


def shown_paths() -> list[str]:
    """The paths that are bound read-only, outer ones first."""
    prefixes = {Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    prefixes |= {prefix.resolve() for prefix in prefixes} | {Path("/usr"), Path("/usr/local")}
    wanted = {prefix / part for prefix in prefixes for part in PARTS}
    wanted |= {Path("/etc") / name for name in ETC} | {
        PACKAGE,
        PACKAGE.resolve(),
        CPUS,
    }
    wanted |= {Path(path) for path in sys.path if path.endswith("-packages")}  # what a .pth file adds, too
    paths = sorted(set().union(*(with_links(path) for path in wanted if path.exists())))
    inner = {path for path in paths for outer in paths if outer in path.parents}
    return [str(path) for path in paths if path not in inner]


def with_links(path: Path) -> set[Path]:
    """A path with no link on its way, and the links that lead there: an environment may be reached by one."""
    link = next((part for part in (*reversed(path.parents), path) if part.is_symlink()), None)
    if link is None:
        return {path}
    target = link.parent / link.readlink() / path.relative_to(link)
    return {link} | with_links(Path(os.path.normpath(target)))


def build_rootfs(paths: list[str], hidden: list[str], limits: Limits, uid: int, gid: int) -> int:
    """Build the root file system and enter it. Needs a mount namespace of its own, and rights in it.

    Args:
        paths: what is shown.
        hidden: files and folders below them in whose place something empty stands.

    Returns:
        A descriptor of a /proc that can be written to; the one inside cannot.

    Raises:
        OSError: a mount is refused.
    """
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    place = next(path for path in ("/tmp", "/mnt", "/var") if os.path.isdir(path))
    quiet = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("root", place, "tmpfs", quiet, "size=4m,nr_inodes=4096,mode=755")
    os.mkdir(place + OLD)
    linux.change_root(place, place + OLD)
    for name in SYSTEM:
        if os.path.islink(f"{OLD}/{name}"):
            os.symlink(os.readlink(f"{OLD}/{name}"), f"/{name}")
        elif os.path.isdir(f"{OLD}/{name}"):
            _show(f"/{name}")
    _make_scratch(limits, uid, gid)  # first, for an environment may lie below /tmp
    for path in paths:
        _show(path)
    _hide(hidden)
    _write_etc()
    _make_dev(limits)
    os.mkdir("/proc")
    linux.mount("proc", "/proc", "proc", quiet | linux.MS_NOEXEC)
    writable = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    linux.mount("proc", "/proc", "proc", quiet | linux.MS_NOEXEC | linux.MS_RDONLY)
    os.chdir("/")
    linux.unmount(OLD)
    os.rmdir(OLD)
    linux.mount("none", "/", None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | quiet)
    return writable


def _show(path: str) -> None:
    """Bind one path of the machine, at the same path; a link becomes the same link."""
    source = OLD + path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(source):
        if not os.path.lexists(path):
            os.symlink(os.readlink(source), path)
        return
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    elif not os.path.exists(path):
        open(path, "x").close()
    linux.bind(source, path)


def _hide(paths: list[str]) -> None:
    """Put something empty in the place of files and folders that are shown."""
    os.mkdir("/.empty")
    open("/.empty-file", "x").close()
    for path in paths:
        if os.path.exists(path):
            linux.bind("/.empty" if os.path.isdir(path) else "/.empty-file", path)


def _write_etc() -> None:
    os.makedirs("/etc", exist_ok=True)
    texts = {
        "passwd": f"student:x:1000:1000:student:{HOME}:/bin/sh\n",
        "group": "student:x:1000:\n",
        "hosts": "127.0.0.1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    for name, text in texts.items():
        Path("/etc", name).write_text(text, encoding="ascii")


def _make_dev(limits: Limits) -> None:
    os.makedirs("/dev/shm")
    os.mkdir("/dev/pts")
    for name in DEVICES:
        open(f"/dev/{name}", "x").close()
        linux.bind(f"{OLD}/dev/{name}", f"/dev/{name}", read_only=False)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"/dev/{name}")
    os.symlink("/proc/self/fd", "/dev/fd")
    os.symlink("pts/ptmx", "/dev/ptmx")
    quiet = linux.MS_NOSUID | linux.MS_NOEXEC
    linux.mount("pts", "/dev/pts", "devpts", quiet, f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}")
    options = f"size={limits.shared_mib}m,nr_inodes=1000,mode=1777"
    linux.mount("shm", "/dev/shm", "tmpfs", quiet | linux.MS_NODEV, options)


def _make_scratch(limits: Limits, uid: int, gid: int) -> None:
    """One bounded file system for all that the kernel writes; /tmp is a folder of it."""
    os.mkdir(HOME)
    os.mkdir("/tmp")
    quiet = linux.MS_NOSUID | linux.MS_NODEV
    options = f"size={limits.scratch_mib}m,nr_inodes={limits.scratch_files},mode=700"
    linux.mount("scratch", HOME, "tmpfs", quiet, options)
    os.mkdir(f"{HOME}/.tmp")
    os.chmod(f"{HOME}/.tmp", 0o1777)
    linux.mount(f"{HOME}/.tmp", "/tmp", None, linux.MS_BIND)
    os.chown(HOME, uid, gid)
