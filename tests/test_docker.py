"""What docker/ promises, as far as it can be shown without a container engine.

Its files agree with the settings and with each other, and the steps of the Dockerfile, run one by one in a clean
folder, give a Parley that serves.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.settings import Settings
from tests.servers import free_port, wait_until

ROOT = Path(__file__).parent.parent
DOCKER = ROOT / "docker"
README = (DOCKER / "README.md").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())  # Any: it holds what YAML can hold
SERVICES: dict[str, Any] = COMPOSE["services"]
VARIABLES = {f"PARLEY_{name.upper()}": field for name, field in Settings.model_fields.items()}
FOLDERS = ("/opt/parley", "/build", "/data")
"""Every folder that the Dockerfile writes to; in tests they lie below a temporary one."""


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its continued lines joined."""

    word: str
    rest: str

    @property
    def command(self) -> list[str]:
        """What the JSON form of ENTRYPOINT, CMD and HEALTHCHECK starts."""
        command: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return command


def read_dockerfile() -> list[Instruction]:
    """The instructions in order, without comments."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [Instruction(*line.split(" ", 1)) for line in lines if line]


INSTRUCTIONS = read_dockerfile()
LAST_STAGE = INSTRUCTIONS[max(place for place, found in enumerate(INSTRUCTIONS) if found.word == "FROM") :]


def last(word: str) -> Instruction:
    """The instruction of the final image."""
    return next(found for found in reversed(LAST_STAGE) if found.word == word)


class Image:
    """What the Dockerfile's steps leave behind, with its folders below `top`."""

    def __init__(self, top: Path) -> None:
        self.top = top
        programs = top / "usr"
        programs.mkdir()
        (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (programs / "python").chmod(0o755)
        self._path = f"{programs}:{os.environ['PATH']}"

    def below(self, text: str) -> str:
        """The text with every folder of the image moved below `top`."""
        for folder in FOLDERS:
            text = re.sub(rf"(?<![\w/]){folder}\b", f"{self.top}{folder}", text)
        return text

    def build(self) -> None:
        """Do what the Dockerfile says."""
        for step in INSTRUCTIONS:
            if step.word == "RUN":
                self._run(step.rest)
            elif step.word == "COPY" and not step.rest.startswith("--from"):
                source, target = step.rest.split()
                self._copy(ROOT / source, Path(self.below(target)))

    def _run(self, command: str) -> None:
        if os.getuid() != 0:
            command = re.sub(r"--(owner|group)=\d+ ", "", command)
        # Compiling what pip installs takes half of its time and proves nothing.
        environment = {**os.environ, "PATH": self._path, "PIP_NO_COMPILE": "1"}
        done = subprocess.run(
            ["/bin/sh", "-ec", self.below(command)], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"RUN {command}\n{done.stdout}{done.stderr}"

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    def environment(self, **more: str) -> dict[str, str]:
        """What a container started from the image finds, and `more`."""
        said = dict(found.rest.split("=", 1) for found in LAST_STAGE if found.word == "ENV")
        return {name: self.below(value) for name, value in said.items()} | more


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image, built once."""
    built = Image(tmp_path_factory.mktemp("image"))
    built.build()
    return built


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str], folder: Path, port: int) -> Iterator[str]:
    """The address of a Parley that is ready; it is ended by SIGTERM, in good order."""
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        wait_until(lambda: running.poll() is not None or is_ready(address), "Parley to be ready", 60)
        assert running.poll() is None, (folder / "log").read_text()
        yield address
    finally:
        running.send_signal(signal.SIGTERM)
        code = running.wait(60)
    assert code == 0


def is_ready(address: str) -> bool:
    """Whether /readyz answers 200."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


# --- The files agree.


def test_every_variable_is_one_of_the_settings() -> None:
    """No file sets a variable that nobody reads."""
    for name in ("Dockerfile", "compose.yaml", "README.md"):
        assert set(re.findall(r"PARLEY_[A-Z_]+", (DOCKER / name).read_text())) <= VARIABLES.keys()


def test_the_readme_lists_every_setting_as_it_is() -> None:
    """The table is what the settings say about themselves."""
    rows = [
        f"| `{name}` | {'' if field.default is None else f'`{field.default}`'} | {field.description} |"
        for name, field in VARIABLES.items()
    ]
    assert re.findall(r"^\| `PARLEY_.*$", README, re.MULTILINE) == rows


def test_the_values_in_compose_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parley starts with them, on PostgreSQL and Redis, and stops within the time that compose gives it."""
    parley = SERVICES["parley"]
    for name, value in parley["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", "secret", value))
    settings = Settings.load()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://parley:secret@postgres:5432/parley"
    assert settings.redis_url is not None
    assert int(parley["stop_grace_period"].removesuffix("s")) > settings.drain_seconds + settings.finish_seconds


def test_compose_waits_for_what_it_needs_and_keeps_what_it_stores() -> None:
    """Every part is watched, started again, and has its files in a volume that is declared."""
    kept = set()
    for service in SERVICES.values():
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"
        kept |= {volume.split(":")[0] for volume in service["volumes"]}
    assert kept == COMPOSE["volumes"].keys()
    waits = {name: wait["condition"] for name, wait in SERVICES["parley"]["depends_on"].items()}
    assert waits == {"postgres": "service_healthy", "redis": "service_healthy"}


def test_only_parley_is_reachable_and_only_from_this_machine() -> None:
    """Opening it to others is a decision of its own."""
    assert SERVICES["parley"]["ports"] == ["127.0.0.1:8080:8080"]
    assert "ports" not in SERVICES["postgres"]
    assert "ports" not in SERVICES["redis"]


def test_images_have_versions() -> None:
    """The same files give the same thing next year."""
    bases = [found.rest.split()[0] for found in INSTRUCTIONS if found.word == "FROM"]
    for name in [*bases, *(service["image"] for service in SERVICES.values())]:
        assert re.fullmatch(r"[a-z]+:\d+(\.\d+)*(-[a-z]+)*", name), name
    assert len(set(bases)) == 1
    assert SERVICES["parley"]["image"] == f"parley:{__version__}"


def test_passwords_stay_out_of_the_files() -> None:
    """They are asked for, and the file that holds them is not committed."""
    assert all("PASSWORD" not in found.rest for found in INSTRUCTIONS)
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_final_image_runs_as_nobody_and_builds_nothing() -> None:
    """Its user has a number and no rights; packages are fetched in a stage that is thrown away."""
    assert int(last("USER").rest.split(":")[0]) > 0
    assert not re.search(r"\b(apt-get|pip|gcc|make)\b", " ".join(found.rest for found in LAST_STAGE))


def test_the_build_gets_what_it_copies_and_nothing_else() -> None:
    """Neither data nor passwords of the folder reach an image."""
    copied = {found.rest.split()[0] for found in INSTRUCTIONS if found.word == "COPY" and "--from" not in found.rest}
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


# --- The steps work.


@pytest.mark.timeout(300)
def test_the_built_image_serves_and_is_healthy(image: Image) -> None:
    """Started as a container starts it: its file is in its volume, and the health checks agree that it is well."""
    port = free_port()
    environment = image.environment(PARLEY_PORT=str(port))
    folder = Path(image.below(last("WORKDIR").rest))
    start = [image.below("/opt/parley/bin/") + last("ENTRYPOINT").command[0], *last("CMD").command]
    with serving(start, environment, folder, port):
        checks = [last("HEALTHCHECK").command, SERVICES["parley"]["healthcheck"]["test"][1:]]
        for check in checks:
            here = [part.replace(":8080/", f":{port}/") for part in check]
            subprocess.run(here, env=environment, check=True, timeout=10)
        assert (folder / "parley.db").exists()
    assert subprocess.run(checks[0], env=environment, check=False, capture_output=True).returncode != 0


@pytest.mark.timeout(300)
def test_the_built_image_holds_no_installer(image: Image) -> None:
    """Nobody who gets into the container installs something with what it brings."""
    assert not list(Path(image.below("/opt/parley/bin")).glob("pip*"))


def test_gunicorn_does_not_serve_without_the_model_that_it_is_told_to_use(tmp_path: Path) -> None:
    """It ends with the sentence, rather than hold every comment or start again and again."""
    command = "-m gunicorn bot.app:gunicorn --worker-class aiohttp.GunicornWebWorker --no-control-socket --bind"
    environment = {
        **os.environ,
        "PARLEY_DATA": str(tmp_path),
        "PARLEY_MODEL": "2020.1-1",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, *command.split(), f"127.0.0.1:{free_port()}"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "There is no model '2020.1-1'. There are: " in done.stderr + done.stdout


def test_the_gunicorn_recipe_serves(tmp_path: Path) -> None:
    """The line in the README, word for word but for the port."""
    (line,) = re.findall(r"^\.venv/bin/python (-m gunicorn .*)$", README, re.MULTILINE)
    port = free_port()
    command = [sys.executable, *shlex.split(line.replace("8080", str(port)))]
    environment = {**os.environ, "PARLEY_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with serving(command, environment, tmp_path, port) as address, urllib.request.urlopen(f"{address}/livez") as answer:
        assert answer.status == 200
