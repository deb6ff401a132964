"""Whether a secret stands in a table that people, logs or exports read (I9)."""

from collections.abc import Sequence

from django.apps import apps
from django.db import connection, models

from counterfoil.platform.checking.findings import Finding, Report
from counterfoil.stores.models import WebIntegration

SHORTEST = 8  # a shorter secret would be found in words that have nothing to do with it
READ_BY_PEOPLE = ("sales", "stores", "web")
REPLACE = "Create a new access token in BigCommerce and enter it in the store setup, then ask for help."


def check_secrets(integrations: Sequence[WebIntegration], report: Report) -> None:
    """Looks for every store's token and client secret in all text that the database holds; one statement a table."""
    secrets = [(each.code, secret) for each in integrations for secret in _secrets(each) if len(secret) >= SHORTEST]
    tables = [model for app in READ_BY_PEOPLE for model in apps.get_app_config(app).get_models()]
    for model in tables if secrets else ():
        columns = _text_columns(model)
        if columns:
            report.findings += _found(model, columns, secrets)
    report.looked_at["secrets"] += len(secrets)


def _secrets(integration: WebIntegration) -> list[str]:
    """Those that the present secret key opens; one that it does not open stands nowhere in clear."""
    both = (integration.access_token, integration.client_secret)
    return [secret.reveal() for secret in both if secret.is_readable]


def _text_columns(model: type[models.Model]) -> list[str]:
    kinds = (models.TextField, models.JSONField)
    fields = [each for each in model._meta.concrete_fields if isinstance(each, kinds)]
    return [each.column for each in fields if each.column]


def _found(model: type[models.Model], columns: Sequence[str], secrets: Sequence[tuple[str, str]]) -> list[Finding]:
    quote = connection.ops.quote_name
    text = " || ' ' || ".join(f"coalesce({quote(column)}::text, '')" for column in columns)
    findings = []
    with connection.cursor() as cursor:
        for code, secret in secrets:
            cursor.execute(
                f"SELECT count(*) FROM {quote(model._meta.db_table)} WHERE position(%s in {text}) > 0",  # noqa: S608
                [secret],
            )
            if count := cursor.fetchone()[0]:
                what = model._meta.verbose_name_plural
                findings.append(
                    Finding("I9", f"A secret of the store appears in {count} of the {what}.", REPLACE, code)
                )
    return findings
