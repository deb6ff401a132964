"""Where the demo's sandbox store answers, for commands that run next to the demo."""

import os
from pathlib import Path

from counterfoil.platform.django_setup import SettingsError
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.models import UnknownProduct, WebIntegration

OUTSIDE = "https://api.bigcommerce.com"


def remember_origin(data_dir: Path, origin: str) -> None:
    """Notes the origin in the demo's data directory and lets this process and its children use it."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / "sandbox_origin").write_text(origin)
    allow_origin(data_dir)


def allow_origin(data_dir: Path) -> None:
    """Lets API paths name the demo's sandbox store."""
    path = data_dir / "sandbox_origin"
    if path.exists():
        os.environ["COUNTERFOIL_API_ORIGINS"] = f"{OUTSIDE},{path.read_text().strip()}"


def connect_demo_store(api_path: str, access_token: str, *, code: str) -> None:
    """Connects the sandbox store, unless that was done before; its port may have changed."""
    integration = WebIntegration.objects.filter(code=code).first() or WebIntegration(
        code=code,
        description="Sandbox store",
        unknown_product=UnknownProduct.CREATE,
        poll_seconds=10,
    )
    if integration.api_path == api_path:
        return
    integration.api_path = api_path
    integration.access_token = Secret.of(access_token)
    wrong = validate(integration)
    if wrong:
        raise SettingsError(f"The sandbox store cannot be connected. {' '.join(wrong.values())}")
    save_integration(integration, by="The demo", access_token=access_token)
