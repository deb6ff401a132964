"""The unit and the compose file of the docs name only what there is."""

import configparser
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from counterfoil.platform.cli.main import COMMANDS
from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.database.embedded_user import binaries
from counterfoil.platform.monitoring.metrics import metrics_text

ROOT = Path(__file__).parents[3]
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


def test_the_unit_leaves_little_open() -> None:
    """As systemd rates it, from 0 to 10, where there is one."""
    if SYSTEMD is None:
        return
    rated = subprocess.run(
        [SYSTEMD, "security", "--offline=true", "--no-pager", UNIT], capture_output=True, text=True, check=False
    )
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", rated.stdout)
    assert exposure is not None, rated
    assert float(exposure[1]) < 2.5


def finds_fault(unit_file: Path, text: str) -> bool:
    """Whether it finds anything wrong with a unit; nothing where there is no systemd."""
    if SYSTEMD is None:
        return False
    unit_file.write_text(text)
    verified = subprocess.run([SYSTEMD, "verify", "--man=no", unit_file], capture_output=True, text=True, check=False)
    return unit_file.name in verified.stderr


@pytest.mark.parametrize("name", ["database", "migrate", "web", "worker"])
def test_no_container_may_more_than_it_needs(name: str) -> None:
    """It writes its data and /tmp, has no capabilities and gets none; no password stands in the file."""
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(place.startswith("/tmp") for place in service["tmpfs"])
    assert name == "migrate" or "healthcheck" in service
    for setting, value in service["environment"].items():
        if any(word in setting for word in ("PASSWORD", "SECRET", "TOKEN", "DATABASE_URL")):
            assert re.search(r"\$\{\w+:[?-]", value), setting


def test_the_program_is_no_superuser_in_the_container_either() -> None:
    """Another role sets the server up, with another password; a script makes the program's."""
    database = compose()["services"]["database"]
    assert "POSTGRES_USER" not in database["environment"]
    assert database["environment"]["POSTGRES_PASSWORD"] != database["environment"]["DATABASE_PASSWORD"]
    script = RUNNING / "database-role.sh"
    assert any(each.startswith(f"./{script.name}:/docker-entrypoint-initdb.d/") for each in database["volumes"])
    assert "NOSUPERUSER" in script.read_text()
    assert os.access(script, os.X_OK)


def test_the_script_of_the_container_makes_an_ordinary_role() -> None:
    """Whatever signs the password has."""
    directory, password = Path(tempfile.mkdtemp(prefix="counterfoil-role-")), 'it\'s $o \\d "odd"'
    server = EmbeddedServer(directory, durable=False)
    server.start()
    try:
        where = {"host": str(server._sockets), "dbname": "postgres"}
        with psycopg.connect(server._url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE counterfoil")
            connection.execute("DROP ROLE counterfoil")
        environment = {"PATH": f"{binaries()}:/usr/bin:/bin", "PGHOST": where["host"], "DATABASE_PASSWORD": password}
        environment["PGPASSWORD"] = server._password("postgres")
        subprocess.run([RUNNING / "database-role.sh"], env=environment, check=True)
        with psycopg.connect(
            host=where["host"], dbname="counterfoil", user="counterfoil", password=password
        ) as program:
            assert program.execute("SHOW is_superuser").fetchone() == ("off",)
            program.execute("CREATE TABLE public.ours (a int)")
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(directory)


def test_no_file_with_passwords_enters_the_image_or_the_repository() -> None:
    """Only what is named is sent to the build, `.env` files nowhere; the two lists, Docker's and Podman's, are one."""
    listed = (ROOT / ".dockerignore").read_text()
    assert (RUNNING / "Dockerfile.dockerignore").read_text() == listed
    lines = [line for line in listed.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert lines.index("**/.env*") > max(at for at, line in enumerate(lines) if line.startswith("!"))
    for path in (".env", "docs/running/.env", "src/counterfoil/.env.production", "docs/running/counterfoil.env"):
        assert subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False).returncode == 0, path
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (RUNNING / "Dockerfile").read_text(), re.M)
    assert {name for line in copied for name in line.split()} <= {line[1:] for line in lines if line[0] == "!"}


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
