"""Where the demo's sandbox store answers, for commands that run next to the demo."""

import os
from pathlib import Path

OUTSIDE = "https://api.bigcommerce.com"


def remember_origin(data_dir: Path, origin: str) -> None:
    """Notes the origin in the demo's data directory and lets this process and its children use it."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / "sandbox_origin").write_text(origin)
    allow_origin(data_dir)


def allow_origin(data_dir: Path) -> None:
    """Lets API paths name the demo's sandbox store, besides what COUNTERFOIL_API_ORIGINS allows anyway."""
    path = data_dir / "sandbox_origin"
    if path.exists():
        others = os.environ.get("COUNTERFOIL_API_ORIGINS") or OUTSIDE
        os.environ["COUNTERFOIL_API_ORIGINS"] = f"{others},{path.read_text().strip()}"
