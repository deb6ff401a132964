"""A store whose last event was signed signs all of them."""

from django.db import migrations
from django.db.models.functions import Now


def signing_already(apps, _schema):
    apps.get_model("stores", "StoreHooks").objects.filter(signed=True).update(signs_since=Now())


class Migration(migrations.Migration):
    dependencies = [("stores", "0028_signs_since")]

    operations = [migrations.RunPython(signing_already, migrations.RunPython.noop, elidable=True)]
