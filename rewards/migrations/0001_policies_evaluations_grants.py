import config.lib.constraints
import config.lib.ids
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("referrals", "0001_people_codes_purchases_events"),
        ("referrals", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("purchase.completed", "Purchase completed"),
                            ("purchase.refunded", "Purchase refunded"),
                            ("referral.joined", "Referral joined"),
                            ("referral.qualified", "Referral qualified"),
                        ],
                        max_length=30,
                    ),
                ),
                ("subject_type", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                (
                    "shard",
                    models.PositiveSmallIntegerField(
                        help_text="Where it queues; friends share their referrer's.", null=True
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("depth", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Pending"), ("done", "Done"), ("failed", "Failed")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(help_text="Not tried before.")),
                ("failure", models.TextField(blank=True)),
                ("decision", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                ("evaluated_at", models.DateTimeField(null=True)),
                (
                    "cause",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="rewards.evaluation",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.customer",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.merchant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "policies",
            },
        ),
        migrations.CreateModel(
            name="LimitUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "policy_id",
                        "customer_id",
                        "period",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("period", models.CharField(help_text="For example day:2026-11-20, or ever.", max_length=20)),
                ("times", models.BigIntegerField()),
                ("points", models.BigIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.customer",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rewards.policy",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("definition", models.JSONField()),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.merchant",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="rewards.policy",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RewardOption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                ("description", models.TextField(blank=True)),
                (
                    "points_required",
                    models.BigIntegerField(
                        blank=True, help_text="Empty: it cannot be bought with points, only granted.", null=True
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.merchant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("key", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[("issued", "Usable"), ("revoked", "Taken back")], default="issued", max_length=10
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.customer",
                    ),
                ),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="rewards.evaluation"
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.merchant",
                    ),
                ),
                (
                    "policy_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rewards.policyversion"
                    ),
                ),
                (
                    "option",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rewards.rewardoption",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RewardType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("repair_discount", "Repair discount"),
                            ("replacement_discount", "Replacement discount"),
                            ("purchase_discount", "Purchase discount"),
                            ("free_service", "Free service"),
                            ("free_product", "Free product"),
                            ("shipping", "Shipping"),
                            ("merchandise", "Merchandise"),
                            ("gift_card", "Gift card"),
                            ("experience", "Experience"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "discount_type",
                    models.CharField(
                        choices=[
                            ("percentage", "Percentage"),
                            ("fixed", "Fixed amount"),
                            ("free", "Free (100 % off)"),
                            ("none", "None"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("discount_value", models.BigIntegerField(default=0)),
                ("description", models.TextField(blank=True)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.merchant",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="rewardoption",
            name="reward_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="options",
                to="rewards.rewardtype",
            ),
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id", "scope", "measure", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "scope",
                    models.CharField(help_text="per_friend: their own; across_friends: their friends'.", max_length=15),
                ),
                ("measure", models.CharField(help_text="purchases, or units:<category>.", max_length=60)),
                ("amount", models.BigIntegerField()),
                ("peak", models.BigIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("peak__gte", models.F("amount"))),
                        name="counter_peak_is_highest",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("state", "pending"), ("trigger", "purchase.refunded")),
                fields=["merchant", "shard", "id"],
                name="evaluation_refunds",
            ),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["merchant", "shard", "id"], name="evaluation_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["merchant", "id"], name="evaluation_failed"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cause__isnull", True)),
                fields=("subject_id", "trigger"),
                name="evaluation_once_a_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cause__isnull", False)),
                fields=("cause", "trigger", "subject_id"),
                name="evaluation_consequence_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("depth__lte", 3)), name="evaluation_depth_at_most_three"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("decision__isnull", False), ("evaluated_at__isnull", False)),
                    _connector="OR",
                ),
                name="evaluation_done_has_a_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(fields=("merchant", "code"), name="policy_code_once"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="policy_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="limituse",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gte", 0), ("times__gte", 0)), name="limit_use_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(fields=("policy", "number"), name="policy_version_number_once"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "published")), fields=("policy",), name="policy_one_version_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "draft"), ("published_at__isnull", False), _connector="OR"),
                name="policy_version_published_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(fields=("merchant", "key"), name="grant_one_per_cause"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="grant_quantity_positive"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "revoked"), ("revoked_at__isnull", True), _connector="XOR"),
                name="grant_revoked_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardtype",
            constraint=models.UniqueConstraint(fields=("merchant", "code"), name="reward_type_code_once"),
        ),
        migrations.AddConstraint(
            model_name="rewardtype",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="reward_type_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="rewardtype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discount_type", "percentage"), ("discount_value__range", (1, 100))),
                    models.Q(("discount_type", "fixed"), ("discount_value__gt", 0)),
                    models.Q(("discount_type__in", ["free", "none"]), ("discount_value", 0)),
                    _connector="OR",
                ),
                name="reward_type_discount_makes_sense",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardoption",
            constraint=models.UniqueConstraint(fields=("merchant", "code"), name="reward_option_code_once"),
        ),
        migrations.AddConstraint(
            model_name="rewardoption",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="reward_option_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="rewardoption",
            constraint=models.CheckConstraint(
                condition=models.Q(("points_required__isnull", True), ("points_required__gt", 0), _connector="OR"),
                name="reward_option_points_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=config.lib.constraints.SameMerchant(field="customer", name="evaluation_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=config.lib.constraints.SameMerchant(field="policy", name="policy_version_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=config.lib.constraints.SameMerchant(field="customer", name="grant_customer_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=config.lib.constraints.SameMerchant(field="option", name="grant_option_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="rewardoption",
            constraint=config.lib.constraints.SameMerchant(field="reward_type", name="reward_option_same_merchant"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyversion",
            trigger=pgtrigger.compiler.Trigger(
                name="published_version_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL AND (OLD."definition" IS DISTINCT FROM (NEW."definition") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="757cec24766a9d4c7b9c52ab500ac6f102e263ec",
                    operation="UPDATE",
                    pgid="pgtrigger_published_version_never_changes_f640d",
                    table="rewards_policyversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyversion",
            trigger=pgtrigger.compiler.Trigger(
                name="published_version_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="cd84979e1176f9c34cad089f228f70bfcb3dc33d",
                    operation="DELETE",
                    pgid="pgtrigger_published_version_never_deleted_862ae",
                    table="rewards_policyversion",
                    when="BEFORE",
                ),
            ),
        ),
        # Room on each page lets a row be updated in place, without touching its indexes.
        migrations.RunSQL(
            "ALTER TABLE rewards_counter SET (fillfactor = 70)", "ALTER TABLE rewards_counter RESET (fillfactor)"
        ),
    ]
