"""The tabs of a web integration's settings."""

from typing import Any

from django import template
from django.template import Context

from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_tabs import FORM_TABS

register = template.Library()


@register.inclusion_tag("web/integrations/tabs.html", takes_context=True)
def settings_tabs(context: Context, integration: WebIntegration, here: str) -> dict[str, Any]:
    """Links to all settings of the store, for those who may change them; `here` is the one that is open."""
    return {"integration": integration, "here": here, "tabs": FORM_TABS, "may": context.get("may", {})}
