"""The one script: it sets Parley up by itself, once, and says in a sentence what to do when it cannot."""

import ast
import base64
import fcntl
import hashlib
import importlib.util
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

from tests.servers import free_port

ROOT = Path(__file__).parent.parent
APPLICATION = """
import json, os, sys
import parley_sample
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "sample": parley_sample.VERSION}))
sys.exit(len(sys.argv) - 1)
"""
AS_PYTHON_39 = "import sys; sys.version_info = (3, 9, 18, 'final', 0); "
WITHOUT_ENSUREPIP = "import importlib.util; importlib.util.find_spec = lambda name: None; "
RUN_AS_SCRIPT = "import runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"


class Checkout:
    """A folder with the script, an application of three lines and one small package to install."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder.parent / "wheels"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PARLEY_", "PYTHON"))},
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "0",
        }

    @classmethod
    def make(cls, parent: Path) -> "Checkout":
        """One that has not been set up. The blank in its name is on purpose."""
        made = cls(parent / "my parley")
        (made.folder / "bot").mkdir(parents=True)
        made.wheels.mkdir()
        shutil.copy(ROOT / "parley", made.folder)
        (made.folder / "bot" / "__main__.py").write_text(APPLICATION)
        made.require("1.0")
        return made

    def copy(self, parent: Path) -> "Checkout":
        """The same, elsewhere; set up where this one is."""
        shutil.copytree(self.folder.parent, parent, symlinks=True, dirs_exist_ok=True)
        return Checkout(parent / self.folder.name)

    def require(self, version: str) -> None:
        """Pin the package at a version."""
        digest = build_wheel(self.wheels, version)
        pin = f"parley-sample=={version} \\\n    --hash=sha256:{digest}\n"
        for name in ("requirements.txt", "requirements-report.txt", "requirements-dev.txt"):
            (self.folder / name).write_text(pin)

    def from_index(self, port: int) -> Mapping[str, str]:
        """The environment in which packages come from an index on that port of this machine."""
        kept = {
            name: value for name, value in self.environment.items() if name not in ("PIP_NO_INDEX", "PIP_FIND_LINKS")
        }
        return {**kept, "PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple"}

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """`./parley ARGUMENTS`, from another folder."""
        return subprocess.Popen(
            [self.folder / "parley", *arguments],
            cwd=self.folder.parent,
            env=environment or self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """The same, to its end."""
        with self.start(*arguments, environment=environment) as started:
            out, err = started.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, started.returncode, out, err)

    def run_python(self, code: str, *arguments: str, path: Path) -> "subprocess.CompletedProcess[str]":
        """The script on a Python that `code` has made poorer, with only the programs in `path`."""
        command = [sys.executable, "-c", code + RUN_AS_SCRIPT, str(self.folder / "parley"), *arguments]
        return subprocess.run(
            command,
            env={**self.environment, "PATH": str(path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def build_wheel(folder: Path, version: str) -> str:
    """Write a wheel of one module that knows its version; returns its sha256."""
    wheel = folder / f"parley_sample-{version}-py3-none-any.whl"
    notes = f"parley_sample-{version}.dist-info"
    files = {
        "parley_sample.py": f"VERSION = {version!r}\n",
        f"{notes}/METADATA": f"Metadata-Version: 2.1\nName: parley-sample\nVersion: {version}\n",
        f"{notes}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, f"{notes}/RECORD": f"{record}{notes}/RECORD,,\n"}.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # the same bytes each time
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def programs(folder: Path, **scripts: str) -> Path:
    """A folder for PATH with nothing but these shell scripts."""
    folder.mkdir()
    for name, text in scripts.items():
        script = folder / name.replace("_", "-")
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, "subprocess.CompletedProcess[str]"]:
    """A checkout that was set up by its first start, and what that start said."""
    made = Checkout.make(tmp_path_factory.mktemp("first"))
    return made, made.run("score", "-")


@pytest.fixture
def checkout(finished: tuple[Checkout, object], tmp_path: Path) -> Checkout:
    """A checkout of the test's own, set up."""
    return finished[0].copy(tmp_path / "own")


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """A package index that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


@pytest.fixture
def script() -> ModuleType:
    """The script as a module, to call what is in it."""
    loader = SourceFileLoader("parley_script", str(ROOT / "parley"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


# --- It sets itself up.


def test_the_first_start_sets_up_and_runs_the_command(
    finished: tuple[Checkout, "subprocess.CompletedProcess[str]"],
) -> None:
    """Progress goes to stderr; arguments, folder, stdout and exit code are the command's own."""
    made, first = finished
    answer = {"arguments": ["score", "-"], "folder": str(made.folder.parent), "sample": "1.0"}
    assert json.loads(first.stdout) == answer
    assert first.returncode == 2
    steps = [line.split(" ...")[0] for line in first.stderr.splitlines()]
    assert steps[1:] == ["Downloading 1 packages", "Installing 1 packages", "Parley is set up"]
    assert steps[0].startswith("Making .venv with Python 3.")


def test_the_second_start_sets_nothing_up(checkout: Checkout) -> None:
    """It needs no packages any more, says nothing and touches nothing in .venv."""
    shutil.rmtree(checkout.wheels)
    before = {path: path.lstat().st_mtime_ns for path in (checkout.folder / ".venv").iterdir()}
    again = checkout.run()
    assert (again.returncode, again.stderr) == (0, "")
    assert {path: path.lstat().st_mtime_ns for path in (checkout.folder / ".venv").iterdir()} == before


def test_changed_requirements_are_installed_by_the_next_start(checkout: Checkout) -> None:
    """What has not changed stays."""
    kept = checkout.folder / ".venv" / "kept"
    kept.touch()
    checkout.require("2.0")
    assert json.loads(checkout.run().stdout)["sample"] == "2.0"
    assert kept.exists()


def test_a_python_that_was_replaced_gets_a_new_venv(checkout: Checkout) -> None:
    """As when Debian's python3 becomes a newer one: nothing in .venv fits it."""
    stamp = checkout.folder / ".venv" / "installed-requirements.txt"
    stamp.write_text(stamp.read_text().split()[0] + " /usr/bin/python3.4")
    assert "Making .venv" in checkout.run().stderr


def test_a_terminal_sees_one_line_that_changes(checkout: Checkout) -> None:
    """Each state of the progress overwrites the one before; only the last one stays."""
    checkout.require("2.0")
    reading, writing = pty.openpty()
    subprocess.run(
        [checkout.folder / "parley"], env=checkout.environment, stdout=subprocess.PIPE, stderr=writing, check=True
    )
    os.close(writing)
    shown = os.read(reading, 65536).decode()
    os.close(reading)
    assert re.search(r"\r\x1b\[KDownloading 1 packages", shown)
    assert re.search(r"\r\x1b\[KParley is set up \d+ s\r\n$", shown)
    assert shown.count("\n") == 1


def test_a_moved_checkout_still_runs(checkout: Checkout) -> None:
    """Nothing in it depends on where it lies, not even when it is called by a link."""
    moved = checkout.folder.rename(checkout.folder.parent / "elsewhere")
    link = checkout.folder.parent / "link"
    link.symlink_to(moved / "parley")
    done = subprocess.run([link], env=checkout.environment, capture_output=True, text=True, check=True)
    assert (json.loads(done.stdout)["sample"], done.stderr) == ("1.0", "")


def test_a_folder_with_the_same_names_does_not_get_in_the_way(checkout: Checkout) -> None:
    """A `bot` in the folder where Parley is called is not taken for Parley's."""
    (checkout.folder.parent / "bot").mkdir()
    (checkout.folder.parent / "bot" / "__main__.py").write_text("raise SystemExit('not Parley')")
    assert json.loads(checkout.run().stdout)["sample"] == "1.0"


# --- Interrupted, twice at once.


def test_a_set_up_that_was_killed_is_repaired_by_the_next(tmp_path: Path, silent_index: socket.socket) -> None:
    """The next one waits for what the killed one left running, then begins with an empty .venv."""
    checkout = Checkout.make(tmp_path)
    with checkout.start(environment=checkout.from_index(silent_index.getsockname()[1])) as first:
        pip, _ = silent_index.accept()
        first.kill()
    leftover = checkout.folder / ".venv" / "leftover"
    leftover.touch()
    with checkout.start() as second:
        assert second.stderr is not None
        assert "Waiting for another set-up" in second.stderr.readline()
        pip.close()
        silent_index.close()
        out, err = second.communicate(timeout=60)
    assert json.loads(out)["sample"] == "1.0"
    assert "Making .venv" in err
    assert not leftover.exists()


def test_control_c_is_answered_with_a_sentence(checkout: Checkout, silent_index: socket.socket) -> None:
    """And the next start finishes what was begun."""
    checkout.require("2.0")
    with checkout.start(environment=checkout.from_index(silent_index.getsockname()[1])) as started:
        pip, _ = silent_index.accept()
        os.killpg(started.pid, signal.SIGINT)
        _, err = started.communicate(timeout=60)
    pip.close()
    assert started.returncode == 130
    assert err.splitlines()[-1] == "Interrupted. The same command starts again."
    assert "Traceback" not in err
    assert json.loads(checkout.run().stdout)["sample"] == "2.0"


def test_two_set_ups_at_once_do_the_work_once(checkout: Checkout) -> None:
    """Whoever comes second waits, and finds it done."""
    checkout.require("2.0")
    folder = os.open(checkout.folder, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with checkout.start() as second:
        assert second.stderr is not None
        assert "Waiting for another set-up" in second.stderr.readline()
        checkout.require("1.0")
        os.close(folder)
        out, err = second.communicate(timeout=60)
    assert json.loads(out)["sample"] == "1.0"
    assert err == ""


# --- When it cannot.


def test_without_a_network_it_says_so(checkout: Checkout) -> None:
    """A sentence and exit code 1, no traceback."""
    checkout.require("2.0")
    done = checkout.run(environment={**checkout.from_index(free_port()), "PIP_RETRIES": "1"})
    assert done.returncode == 1
    assert "The package index cannot be reached. Connect this machine to the network" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_is_not_the_pinned_one_is_refused(checkout: Checkout) -> None:
    """Whatever a mirror hands out, only what was pinned is installed."""
    checkout.require("2.0")
    requirements = checkout.folder / "requirements.txt"
    requirements.write_text(requirements.read_text()[:-65] + "0" * 64 + "\n")
    done = checkout.run()
    assert done.returncode == 1
    assert "A downloaded package is not the one that Parley pinned." in done.stderr


def test_an_old_python_is_told_apart(checkout: Checkout, tmp_path: Path) -> None:
    """It can read the script, and says what it is and what is needed."""
    ast.parse((ROOT / "parley").read_text(), feature_version=(3, 6))
    done = checkout.run_python(AS_PYTHON_39, path=programs(tmp_path / "path"))
    assert done.returncode == 1
    assert done.stderr.startswith("Parley needs Python 3.11 or newer; this is 3.9. Install one beside it")


def test_an_old_python_hands_over_to_a_newer_one(checkout: Checkout, tmp_path: Path) -> None:
    """Also where a version manager has left programs that do not work."""
    path = programs(tmp_path / "path", **{"python3.14": "exit 127", "python3.11": f'exec "{sys.executable}" "$@"'})
    done = checkout.run_python(AS_PYTHON_39, "one", path=path)
    assert json.loads(done.stdout)["arguments"] == ["one"]


def test_without_any_python_the_shell_says_so(tmp_path: Path) -> None:
    """The script is read by sh first."""
    path = programs(tmp_path / "path")
    done = subprocess.run(
        ["/bin/sh", ROOT / "parley"], env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Parley needs Python 3.11 or newer, and there is none here.")


def test_root_gets_what_debian_lacks_installed(tmp_path: Path) -> None:
    """Debian keeps ensurepip in a package of its own: its lists are fetched first, then it is installed."""
    checkout = Checkout.make(tmp_path)
    path = programs(tmp_path / "path", apt_get='echo "$@" >> "$APT_LOG"; exit 100')
    log = tmp_path / "apt.log"
    checkout.environment["APT_LOG"] = str(log)
    as_root = "import os; os.getuid = lambda: 0; "
    done = checkout.run_python(WITHOUT_ENSUREPIP + as_root, path=path)
    package = f"python3.{sys.version_info.minor}-venv"
    assert log.read_text().splitlines() == ["update", f"install --yes --no-install-recommends {package}"]
    assert done.returncode == 1
    assert done.stderr.count("Setting up Parley failed. Then run the same command again.") == 1


@pytest.mark.parametrize(
    ("code", "command", "sentence"),
    [
        (
            WITHOUT_ENSUREPIP,
            "serve",
            r"This Python cannot make virtual environments\. .*apt-get install python3\.\d+-venv",
        ),
        ("", "test", r"The tests need a real Redis\. .*: sudo apt-get install redis-server"),
        (
            "import shutil; shutil.which = {'redis-server': 'there'}.get; ",
            "test",
            r"The tests need a real browser\. .*: sudo apt-get install chromium",
        ),
        (
            "import shutil; shutil.which = {'redis-server': 'there', 'chromium': 'there'}.get; ",
            "test",
            r"The tests need Node\.js, for clients that others wrote\. .*: sudo apt-get install npm",
        ),
    ],
)
def test_others_are_told_what_to_install(
    code: str, command: str, sentence: str, checkout: Checkout, tmp_path: Path
) -> None:
    """Without root's rights nothing is tried that needs them."""
    if command == "serve":
        shutil.rmtree(checkout.folder / ".venv")
    else:
        checkout.run("test", "--version")
    as_nobody = "import os; os.getuid = lambda: 1000; "
    done = checkout.run_python(code + as_nobody, command, path=programs(tmp_path / "path"))
    assert done.returncode == 1
    assert re.search(sentence, done.stderr)


# --- Checks and pins.


def test_check_names_what_fails_and_goes_on(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every check runs; one that fails shows why and makes the exit code 1."""
    checks = {"bad": ["-c", "raise SystemExit('because')"], "good": ["-c", ""]}
    monkeypatch.setattr(script, "PYTHON", sys.executable)
    monkeypatch.setattr(script, "CHECKS", checks)
    assert script.check([]) == 1
    shown = capfd.readouterr().out
    assert re.fullmatch(r"bad +FAILED +[\d.]+ s\nbecause\n\ngood +ok +[\d.]+ s\nFailed: bad\n", shown)
    del checks["bad"]
    assert script.check([]) == 0


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-report.txt", "requirements-dev.txt"])
def test_requirements_are_pins_with_hashes_and_nothing_else(name: str) -> None:
    """No host, no address, no option: where packages come from is the operator's choice."""
    where = r"[a-z_]+ [<>!=]+ '[a-zA-Z0-9.]+'"
    pin = rf"[a-z0-9-]+==[0-9a-z.+]+( ; {where}( and {where})*)? \\\n(    --hash=sha256:[0-9a-f]{{64}}( \\)?\n)+"
    assert re.fullmatch(f"({pin})+", (ROOT / name).read_text())


def test_the_pins_are_what_pyproject_asks_for() -> None:
    """Every requirement is pinned at a version it allows, the same one for running and for developing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = ("requirements.txt", "requirements-report.txt", "requirements-dev.txt")
    run, report, develop = (pins(name) for name in names)
    assert run.items() <= report.items() <= develop.items()
    for wanted, pinned in (
        (project["project"]["dependencies"], run),
        (project["project"]["optional-dependencies"]["report"], report),
        (project["dependency-groups"]["dev"], develop),
    ):
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(pinned[requirement.name.lower().replace("_", "-")]), requirement


def pins(name: str) -> dict[str, str]:
    """Package and version of each pin."""
    return dict(re.findall(r"^(\S+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
