"""Connects the demo's sandbox store."""

from counterfoil.platform.django_setup import SettingsError
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.models import UnknownProduct, WebIntegration


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
        raise SettingsError(f"Can’t connect to the sandbox store. {' '.join(wrong.values())}")
    save_integration(integration, by="The demo", access_token=access_token)
