"""The pages with a planted bug, as COUNTERFOIL_FAULTS_PLANT names it; served as `counterfoil web` serves them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import urllib3

if TYPE_CHECKING:
    from faults.environment import FaultEnvironment

THREADS = 5
_http = urllib3.PoolManager()


@contextmanager
def pages(env: "FaultEnvironment", bug: str | None, **more: str) -> Iterator[str]:
    """The pages in a process of their own; where they are. `more`: further variables of its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**env.environment, "COUNTERFOIL_FAULTS_PLANT": bug or "", **more}
    process = subprocess.Popen(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "faults.pages", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_answers(f"http://127.0.0.1:{port}/hooks/x/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


def _until_it_answers(url: str) -> None:
    for _ in range(300):
        try:
            _http.request("GET", url, retries=False)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the pages did not start")


def main() -> None:
    """Serves until it is told to stop."""
    from counterfoil.platform.processes.web_server import serve
    from counterfoil.platform.wsgi import application
    from faults.planted import plant

    plant(os.environ.get("COUNTERFOIL_FAULTS_PLANT") or None)
    serve(application, host="127.0.0.1", port=int(sys.argv[1]), threads=THREADS, trusts_proxy=False)


if __name__ == "__main__":
    main()
