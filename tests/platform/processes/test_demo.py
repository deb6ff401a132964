"""`counterfoil demo`: a store full of orders, connected, and none of it lost when parts of it are killed."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from counterfoil.platform.processes.demo import remember_origin
from tests.platform.installation import free_port, tree_below
from tests.platform.process_helpers import eventually, lives
from tests.platform.system_accounts import Account

CLI = ("-m", "counterfoil.platform.cli.main")


def test_the_demo_may_use_other_origins_besides_its_sandbox_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that COUNTERFOIL_API_ORIGINS allows anyway: a second store can be connected."""
    for given, allowed in (("http://127.0.0.1:9", "http://127.0.0.1:9"), ("", "https://api.bigcommerce.com")):
        monkeypatch.setenv("COUNTERFOIL_API_ORIGINS", given)
        remember_origin(tmp_path, "http://127.0.0.1:8")
        assert os.environ["COUNTERFOIL_API_ORIGINS"] == f"{allowed},http://127.0.0.1:8"


class Demo:
    """A running demo with ten orders."""

    def __init__(self, anyone: Account, base: Path, ports: tuple[int, int]) -> None:
        self.anyone, self.extra = anyone, {"COUNTERFOIL_DATA_DIR": str(base)}
        flags = ("--port", str(ports[0]), "--sandbox-port", str(ports[1]), "--orders", "10")
        self.log = base / "said"
        with self.log.open("w") as said:
            self.process: subprocess.Popen[str] = anyone.start(*CLI, "demo", *flags, stdout=said, extra=self.extra)
        eventually(lambda: "Stop with" in self.log.read_text(), seconds=60)

    def asked(self, *words: str) -> Any:
        """What a command prints for programs next to the demo."""
        said = self.anyone.run(*CLI, "--demo", *words, "--json", extra=self.extra)
        assert said.returncode in (0, 1, 3), said.stderr  # 3: the killed sandbox is not back yet
        return json.loads(said.stdout)

    def stop(self) -> None:
        """Ends it in order; nothing stays."""
        everyone = tree_below(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(25) == 0
        assert not [pid for pid in everyone if lives(pid)]


def test_the_demo_imports_its_orders_and_goes_on_after_kills(anyone: Account, their_data_dir: Path) -> None:
    """Orders come; the sandbox is killed and comes back; the next start has each order once; the data lies apart."""
    ports = (free_port(), free_port())
    demo = Demo(anyone, their_data_dir, ports)
    try:
        eventually(lambda: demo.asked("orders"), seconds=30)
        sandbox = next(pid for pid, line in tree_below(demo.process.pid).items() if "bigcommerce_sandbox" in line)
        os.kill(sandbox, signal.SIGKILL)
        eventually(lambda: "sandbox ended (-9); restarting in" in demo.log.read_text())
        eventually(lambda: not demo.asked("sync")[0]["trouble"], seconds=30)
        before = {row["import_id"] for row in demo.asked("orders")}
        assert before
        demo.stop()
        demo = Demo(anyone, their_data_dir, ports)
        again = [row["import_id"] for row in demo.asked("orders")]
        assert before <= set(again)
        assert len(again) == len(set(again))
        demo.stop()
    finally:
        demo.process.kill()
        demo.process.wait()
    assert (their_data_dir / "demo" / "postgres").exists()
    assert not (their_data_dir / "postgres").exists()
