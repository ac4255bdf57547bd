import hashlib
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def hash_without_a_key(apps: Any, schema_editor: Any) -> None:
    subscriptions = apps.get_model("fulfillment", "PushSubscription").objects
    for subscription in subscriptions.order_by("pk").iterator():
        digest = hashlib.sha256(subscription.endpoint.encode()).digest()
        subscriptions.filter(pk=subscription.pk).update(endpoint_hash=digest)


class Migration(migrations.Migration):

    dependencies = [
        ("fulfillment", "0005_photos_of_jobs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="pushsubscription",
            name="user",
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name="pushsubscription",
            name="customer",
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.customer"),
        ),
        migrations.AddConstraint(
            model_name="pushsubscription",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("customer__isnull", False), ("user__isnull", True)), models.Q(("customer__isnull", True), ("user__isnull", False)), _connector="OR"), name="push_subscription_has_one_reader"),
        ),
        migrations.AddConstraint(
            model_name="pushsubscription",
            constraint=models.UniqueConstraint(fields=("user", "endpoint_hash"), name="push_subscription_once_a_user"),
        ),
        migrations.RunPython(hash_without_a_key, migrations.RunPython.noop),
    ]
