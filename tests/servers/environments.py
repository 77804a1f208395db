"""Installs the packages that a server needs, by name and pinned, into a folder of its own.

What pins them says how: `requirements.txt` is a virtual environment, `package-lock.json` a folder of node modules,
`packages.txt` Debian packages that are unpacked and not installed: nothing of the system is touched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


class LaunchError(Exception):
    """A server couldn't be installed or started; the message ends with what it said."""


class UnavailableError(LaunchError):
    """What a server is installed with isn't on this machine."""


@dataclass(frozen=True, slots=True)
class Environment:
    """How a server is started: the command, and variables beside those of the caller."""

    command: tuple[str, ...]
    variables: Mapping[str, str]


def environment(name: str, here: Path = HERE) -> Environment:
    """The environment of a server, which is made when it isn't there; of a client in another folder."""
    folder = here / name
    if (folder / "requirements.txt").exists():
        home = _made(name, folder / "requirements.txt", _install_python_packages)
        return Environment((str(_python(home)), "start.py"), {})
    if (folder / "package-lock.json").exists():
        _needed("node", "npm")
        home = _made(name, folder / "package-lock.json", _install_node_modules)
        return Environment(("node", "start.js"), {"NODE_PATH": str(home / "node_modules")})
    _needed("apt-get", "dpkg-deb")
    home = _made(name, folder / "packages.txt", _unpack_debian_packages)
    return Environment((sys.executable, "start.py"), {"PACKAGES": str(home)})


def clean() -> dict[str, str]:
    """The caller's variables without what would let modules of its Python in, or change Authlib's checks."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "AUTHLIB_INSECURE_TRANSPORT", "DJANGO_SETTINGS_MODULE"}
    return {key: value for key, value in os.environ.items() if key not in unwanted}


def _made(name: str, pins: Path, install: Callable[[Path, Path], None]) -> Path:
    """The folder with what is pinned, named by a digest of the pins and the Python version: another pin, another one.

    It is made beside its place and then moved there: a broken or concurrent installation never leaves half of one.
    """
    digest = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    home = _cache() / f"{name}-{digest[:16]}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f"{home.name}.", dir=home.parent))
        try:
            install(draft, pins)
            _move(draft, home)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return home


def _move(draft: Path, home: Path) -> None:
    try:
        draft.rename(home)
    except OSError:  # another process was first: its environment is as good
        if not home.exists():
            raise


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "oauth2-conformance" / "servers"


def _install_python_packages(home: Path, pins: Path) -> None:
    venv.create(home, with_pip=True)
    _run([str(_python(home)), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(pins)])


def _python(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _install_node_modules(home: Path, pins: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(pins.parent / name, home)
    _run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"], home)


def _unpack_debian_packages(home: Path, pins: Path) -> None:
    """Each line is a package with its version, as `apt-get` takes it; another distribution has other ones."""
    packages = [line for line in pins.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        try:
            _run(["apt-get", "download", "--quiet", *packages], Path(folder))
        except LaunchError as error:
            raise UnavailableError(f"no such packages here (does `apt-get update` help?): {error}") from error
        for package in sorted(Path(folder).glob("*.deb")):
            _run(["dpkg-deb", "--extract", str(package), str(home)])


def _needed(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise UnavailableError(f"not on this machine: {', '.join(missing)}")


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean(), cwd=folder)
    if done.returncode:
        raise LaunchError(f"{' '.join(command[:3])} ... failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
