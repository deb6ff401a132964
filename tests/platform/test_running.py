"""The unit and the compose file of the docs name only what there is."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from counterfoil.platform.cli import COMMANDS
from counterfoil.platform.metrics import metrics_text

ROOT = Path(__file__).parents[2]
RUNNING = ROOT / "docs" / "running"
UNIT = RUNNING / "counterfoil.service"
SYSTEMD = shutil.which("systemd-analyze")
SETTINGS = set(re.findall(r"`(COUNTERFOIL_\w+|DATABASE_URL)`", (ROOT / "docs" / "settings.md").read_text()))


def compose() -> dict[str, Any]:
    """The compose file, its references filled in."""
    return dict(yaml.safe_load((RUNNING / "compose.yaml").read_text()))


def unit() -> configparser.ConfigParser:
    """The unit's sections; no key stands twice in one."""
    found = configparser.ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[method-assign,assignment]  # keys are case-sensitive there
    found.read_string(UNIT.read_text())
    return found


def test_the_unit_runs_a_command_that_there_is() -> None:
    """With settings that there are, restarted whenever it ends."""
    service = unit()["Service"]
    program, command = service["ExecStart"].split()
    assert program.endswith("/.venv/bin/counterfoil")
    assert command in COMMANDS
    assert set(re.findall(r"(\w+)=", service["Environment"])) <= SETTINGS
    assert service["Restart"] == "always"
    assert service["User"] == "counterfoil"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Every key of it, and finds a wrong one; the program and the user that it names need not be here."""
    text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text()).replace("User=counterfoil\n", "")
    wrong = text.replace("RestartSec=", "RestartSecs=")
    assert [finds_fault(tmp_path / UNIT.name, each) for each in (text, wrong)] == [False, SYSTEMD is not None]


def finds_fault(unit_file: Path, text: str) -> bool:
    """Whether it finds anything wrong with a unit; nothing where there is no systemd."""
    if SYSTEMD is None:
        return False
    unit_file.write_text(text)
    verified = subprocess.run([SYSTEMD, "verify", "--man=no", unit_file], capture_output=True, text=True, check=False)
    return unit_file.name in verified.stderr


def test_every_service_runs_a_command_that_there_is() -> None:
    """Of our own image; the database is PostgreSQL's."""
    services = compose()["services"]
    commands = {name: service["command"][0] for name, service in services.items() if "command" in service}
    assert commands == {"migrate": "migrate", "web": "web", "worker": "worker"}
    assert set(commands.values()) <= set(COMMANDS)
    assert services["database"]["image"].startswith("postgres:")


def test_every_setting_of_the_services_is_one() -> None:
    """And whatever the services need of each other is there."""
    services = compose()["services"]
    for name in ("migrate", "web", "worker"):
        assert set(services[name]["environment"]) <= SETTINGS
        assert set(services[name]["depends_on"]) <= set(services)
    assert set(services["web"]["environment"]) >= {"DATABASE_URL", "COUNTERFOIL_SECRET_KEY", "COUNTERFOIL_HOSTS"}


def test_the_image_is_made_from_files_that_there_are() -> None:
    """What it copies, what it runs."""
    build = compose()["services"]["web"]["build"]
    dockerfile = (RUNNING / build["context"] / build["dockerfile"]).resolve()
    assert dockerfile == RUNNING / "Dockerfile"
    text = dockerfile.read_text()
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M) for name in line.split()]
    assert len(copied) > 2
    for path in (*copied, "bin/page-assets", "src/counterfoil/web/static"):
        assert (ROOT / path).exists(), path


@pytest.mark.django_db
def test_every_metric_is_in_the_docs() -> None:
    """By its name, or by its last words where the table shortens it."""
    page = (ROOT / "docs" / "running.md").read_text()
    shown = set(re.findall(r"`(?:counterfoil|…)_(\w+)`", page))
    names = re.findall(r"^# TYPE counterfoil_(\w+)", metrics_text().decode(), re.M)
    assert len(names) > 15
    assert [name for name in names if not any(name.endswith(each) for each in shown)] == []
