"""Addresses of pages in a store's control panel."""

from counterfoil.stores.models import WebIntegration


def order_there(integration: WebIntegration, bigcommerce_order_id: int | None) -> str:
    """The page of one of its orders in the store's control panel; "" where that is not known."""
    base = integration.state.control_panel.rstrip("/")
    return f"{base}/manage/orders/{bigcommerce_order_id}" if bigcommerce_order_id and is_web_link(base) else ""


def is_web_link(link: str) -> bool:
    """Whether a link may stand on a page: what a store sends may be anything."""
    return link.startswith(("https://", "http://"))
