"""Make the checkout ready: system packages, `.venv/`, front-end packages. Standard library only.

python -m docker.setup [run|check|test]

`run` is what serving needs, `check` adds the linters, `test` the servers and programs the tests need.

What is already there is left alone: a second run takes a moment and changes nothing.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from docker.steps import PYTHON, ROOT, StepFailed, step, told

LIBRARIES = {"libpango-1.0.so.0": "libpango-1.0-0", "libpangoft2-1.0.so.0": "libpangoft2-1.0-0"}
PROGRAMS = {"chromium": "chromium", "pdftotext": "poppler-utils", "qpdf": "qpdf"}
NETWORK = (
    "check the network (a proxy or a mirror is taken from pip's and npm's own settings), then run the command again"
)


def main(kind: str) -> None:
    """Do what is missing for `kind`, in the order in which one thing needs the other."""
    home()
    system_packages(kind)
    environment()
    python_packages(kind)
    front_end()


def home() -> None:
    """Give pip and npm a home they may write to when the user's is missing or read-only."""
    if not os.access(os.environ.get("HOME", ""), os.W_OK):
        (ROOT / "var" / "home").mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ["HOME"] = str(ROOT / "var" / "home")


def system_packages(kind: str) -> None:
    """Install the missing Debian packages as root or by sudo; otherwise stop with the line to type."""
    missing = missing_packages(kind)
    if not missing:
        return
    names = " ".join(missing)
    if not sys.platform.startswith("linux") or not shutil.which("apt-get"):
        raise StepFailed(f"System packages are missing. Mend: install what Debian calls {names}, then run this again.")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    line = f"apt-get update && apt-get install -y --no-install-recommends {names}"
    if sudo and not allowed():
        raise StepFailed(
            f"System packages are missing. Mend: run this line, then the command again:\n  sudo sh -c '{line}'"
        )
    apt = [
        *sudo,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "RUNLEVEL=1",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    step("Reading the list of system packages", [*apt, "update"], mend=f"as root: {line}", timeout=300)
    install = [*apt, "install", "-y", "--no-install-recommends", *missing]
    step(f"Installing system packages ({names})", install, mend=f"as root: {line}", timeout=1800)


def missing_packages(kind: str) -> list[str]:
    """Debian's names of what this machine lacks."""
    missing = [package for library, package in LIBRARIES.items() if not loads(library)]
    if not PYTHON.exists() and not has_venv():
        missing.append("python3-venv")
    if kind == "test":
        missing += [package for program, package in PROGRAMS.items() if not shutil.which(program)]
        if "DATABASE_URL" not in os.environ and not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            missing += [] if shutil.which("initdb") else ["postgresql"]
        if "CELERY_BROKER_URL" not in os.environ and not shutil.which("redis-server"):
            missing.append("redis-server")
    return missing


def loads(library: str) -> bool:
    """Whether WeasyPrint will find the library; other systems than Linux are left to say so themselves."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    """Whether this Python can make an environment (Debian keeps that in a package of its own)."""
    try:
        import ensurepip  # noqa: F401  absent on a bare Debian
    except ImportError:
        return False
    return True


def allowed() -> bool:
    """Whether sudo works without a question."""
    return (
        bool(shutil.which("sudo")) and subprocess.run(["sudo", "-n", "true"], check=False, timeout=20).returncode == 0
    )


def environment() -> None:
    """Make `.venv/`, or make it anew when its Python no longer starts."""
    mend = "remove .venv and run the command again; on Debian the package python3-venv is needed"
    if PYTHON.exists():
        try:
            step("Starting .venv's Python", [PYTHON, "-c", "pass"], mend=mend, timeout=60)
        except StepFailed:
            shutil.rmtree(ROOT / ".venv")
    if not PYTHON.exists():
        step("Making .venv", [sys.executable, "-m", "venv", "--clear", ROOT / ".venv"], mend=mend, timeout=300)


def python_packages(kind: str) -> None:
    """Install the pinned packages, each checked against its hash."""
    for name in ("base",) if kind == "run" else ("base", "dev"):
        file = ROOT / "requirements" / f"{name}.txt"
        stamp = ROOT / ".venv" / f".{name}"
        if current(stamp, file):
            continue
        pip_install(f"Installing Python packages ({name})", file)
        stamp.write_text(digest(file))


def pip_install(name: str, file: Path) -> None:
    """Install a requirements file into `.venv/`; nothing is built here, so nothing runs before its hash is checked."""
    options = ["--require-hashes", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--quiet"]
    step(name, [PYTHON, "-m", "pip", "install", *options, "-r", file], mend=NETWORK, timeout=1800)


def front_end() -> None:
    """Install Bootstrap and Inter by npm: the system's, else one from a Python wheel."""
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules" / ".assay"
    if current(stamp, lock):
        return
    npm = shutil.which("npm")
    if not npm:
        npm = str(ROOT / ".venv" / "bin" / "npm")
        if not Path(npm).exists():
            pip_install("Installing npm", ROOT / "requirements" / "node.txt")
    path = {"PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    step("Installing front-end packages", [npm, "ci", "--ignore-scripts"], mend=NETWORK, timeout=600, env=path)
    stamp.write_text(digest(lock))


def current(stamp: Path, file: Path) -> bool:
    """Whether `file` is what was installed last."""
    return stamp.exists() and stamp.read_text() == digest(file)


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    with told():
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
        print("  Ready.")
