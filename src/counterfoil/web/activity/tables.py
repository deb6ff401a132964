"""The log and the list of store updates."""

from datetime import datetime

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.accounts.models import Role
from counterfoil.stores.models import LogEntry, StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.updates.descriptions import describe
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.formatting import moment, state
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.security import current_user
from counterfoil.web.ui.tables import UNBROKEN, WIDE


class LogTable(tables.Table):
    """The web integration log. Needs the integration loaded along."""

    at = tables.Column(verbose_name="When", orderable=False)
    store = tables.Column(accessor="integration__code", verbose_name="Store", orderable=False)
    import_id = tables.Column(verbose_name="Import ID", orderable=False, default="", attrs=UNBROKEN)
    kind = tables.Column(verbose_name="Kind", orderable=False)
    text = tables.Column(verbose_name="What happened", orderable=False, attrs=WIDE)

    def render_at(self, value: datetime) -> SafeString | str:
        return moment(value, seconds=True)

    def render_kind(self, record: LogEntry) -> SafeString:
        return state(record.get_kind_display(), status_colors.log_tone(record.kind))

    def render_import_id(self, value: str) -> SafeString:
        return format_html('<a href="{}?import_id={}">{}</a>', reverse("log"), value, value)


class UpdateTable(tables.Table):
    """Updates to the stores. Needs web_order with integration, state and sales order, and the parcel, loaded along."""

    import_id = tables.Column(accessor="web_order", verbose_name="Order", orderable=False, attrs=UNBROKEN)
    what = tables.Column(
        accessor="kind", verbose_name="What", orderable=False, attrs={"td": {"class": "wide update-kind"}}
    )
    state = tables.Column(verbose_name="State", orderable=False)
    since = tables.Column(accessor="created_at", verbose_name="Since", orderable=False)
    reason = tables.Column(empty_values=(), verbose_name="Why", orderable=False, attrs=WIDE)

    class Meta:
        row_attrs = {"id": lambda record: f"update-{record.pk}"}

    def render_import_id(self, value: WebOrder) -> SafeString:
        if value.sales_order is None:
            return format_html('<a href="{}?q={}">{}</a>', reverse("orders"), value.import_id, value.import_id)
        return format_html('<a href="{}?tab=web">{}</a>', order_path(value.sales_order), value.import_id)

    def render_what(self, record: StoreUpdate) -> SafeString:
        cause = record.get_cause_display() if record.cause else ""
        text = describe(record)
        if not cause:
            return format_html("{}", text)
        return format_html('{} <span class="muted small">· {}</span>', text, cause)

    def render_state(self, record: StoreUpdate) -> SafeString:
        return state(record.get_state_display(), status_colors.update_tone(record.state))

    def render_since(self, record: StoreUpdate) -> SafeString | str:
        return moment(record.ended_at or record.created_at, seconds=True)

    def render_reason(self, record: StoreUpdate) -> SafeString:
        failed = record.state == UpdateState.FAILED
        may_retry = failed and current_user(self.request).may(Role.CLERK)
        told = {"update": record, "failed": failed, "may_retry": may_retry}
        return SafeString(render_to_string("web/activity/updates/reason.html", told).strip())
