import config.lib.constraints
import config.lib.encryption
import config.lib.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, unique=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Merchant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "domain",
                    models.CharField(
                        blank=True, help_text="Host of its pages.", max_length=253, null=True, unique=True
                    ),
                ),
                ("currency", models.CharField(help_text="ISO 4217.", max_length=3)),
                ("time_zone", models.CharField(default="UTC", help_text="IANA name.", max_length=64)),
                (
                    "minimum_qualifying_purchase",
                    models.BigIntegerField(
                        default=0,
                        help_text="Minor units a friend's first purchase must reach for the referral to qualify.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="merchant_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_qualifying_purchase__gte", 0)),
                        name="merchant_qualifying_minimum_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ("external_id", models.CharField(blank=True, max_length=100, null=True)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("email", config.lib.encryption.EncryptedTextField(blank=True, default="")),
                ("email_hash", models.BinaryField(max_length=32, null=True)),
                ("email_verified_at", models.DateTimeField(blank=True, null=True)),
                ("phone", config.lib.encryption.EncryptedTextField(blank=True, default="")),
                ("phone_hash", models.BinaryField(max_length=32, null=True)),
                (
                    "root_id",
                    models.BigIntegerField(
                        editable=False,
                        help_text="Where the chain of referrals to this customer begins; empty: here.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customers",
                        to="referrals.merchant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "prefix",
                    models.CharField(help_text="The part of the key that may be seen.", max_length=16, unique=True),
                ),
                ("secret_hash", models.BinaryField(max_length=32, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("purchases", "Record and read purchases and refunds"),
                                ("customers", "Register customers"),
                                ("referrals", "Issue referral codes"),
                                ("credits", "Read credits"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="api_keys", to="referrals.merchant"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="merchants",
            field=models.ManyToManyField(
                blank=True,
                help_text="Merchants for which this person works.",
                related_name="staff",
                to="referrals.merchant",
            ),
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ("order_id", models.CharField(max_length=100)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("total", models.BigIntegerField()),
                ("lines", models.JSONField(default=list)),
                ("referral_code", models.CharField(blank=True, max_length=32)),
                (
                    "payment_status",
                    models.CharField(
                        choices=[("paid", "Paid"), ("pending", "Not yet paid")], default="paid", max_length=10
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
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
            name="ReferralCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="referrals.customer",
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
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("joined", "Joined"),
                            ("qualified", "Qualified"),
                            ("rewarded", "Rewarded"),
                            ("reversed", "Reversed"),
                        ],
                        default="joined",
                        max_length=10,
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("qualified_at", models.DateTimeField(blank=True, null=True)),
                ("rewarded_at", models.DateTimeField(blank=True, null=True)),
                ("reversed_at", models.DateTimeField(blank=True, null=True)),
                ("event_sequence", models.BigIntegerField(default=0, editable=False)),
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
                    "referee",
                    models.ForeignKey(
                        db_column="customer_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.customer",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="referrals.customer",
                    ),
                ),
                (
                    "referral_link",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="referrals.referralcode",
                    ),
                ),
            ],
            options={
                "db_table": "referrals",
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                (
                    "refund_id",
                    models.CharField(help_text="The sender's id: a repetition is not another refund.", max_length=255),
                ),
                ("amount", models.BigIntegerField(help_text="Minor units.")),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
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
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="referrals.purchase",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InboundEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(help_text="The door it came through: api, import, …", max_length=20)),
                ("event_id", models.CharField(max_length=100)),
                ("order_id", models.CharField(help_text="The order that the message speaks of.", max_length=100)),
                ("content_hash", models.BinaryField(max_length=32)),
                ("received_at", models.DateTimeField()),
                (
                    "refused",
                    models.BooleanField(
                        default=False, help_text="It spoke of a known order in other words; not applied."
                    ),
                ),
                ("conflict_count", models.IntegerField(default=0)),
                ("last_conflict_at", models.DateTimeField(blank=True, null=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "source", "event_id"), name="inbound_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False)),
                ("type", models.CharField(max_length=40)),
                ("subject_type", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("sequence", models.BigIntegerField()),
                ("payload", models.JSONField(default=dict)),
                ("occurred_at", models.DateTimeField()),
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_id", "subject_type", "sequence"), name="event_sequence_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("sequence__gt", 0)), name="event_sequence_positive"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email_hash__isnull", False)),
                fields=["merchant", "email_hash"],
                name="customer_by_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("external_id", "merchant"), name="customer_external_id_once"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("user", "merchant"), name="customer_user_once"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="customer_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("external_id", ""), _negated=True), name="customer_external_id_not_blank"
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(condition=models.Q(("scopes__len__gt", 0)), name="api_key_has_scopes"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_once"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["customer", "occurred_at"], name="purchase_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(fields=("order_id", "merchant"), name="purchase_order_once"),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="purchase_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__range", (0, 1000000000000))), name="purchase_total_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="referralcode",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="referral_code_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="referralcode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)), fields=("customer",), name="referral_code_one_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="referralcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[0-9A-Z]{4,32}$")), name="referral_code_form"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["merchant"], name="idx_referrals_merchant_id"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["referral_link"], name="idx_referrals_referral_link_id"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(fields=("merchant", "referee"), name="referral_one_referrer_for_life"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("referrer", models.F("referee")), _negated=True), name="referral_not_oneself"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "joined"), ("qualified_at__isnull", False), _connector="OR"),
                name="referral_qualified_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("merchant", "refund_id"), name="refund_once"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("purchase",), name="refund_whole_purchase_once"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="refund_amount_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=config.lib.constraints.SameMerchant(field="customer", name="purchase_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="referralcode",
            constraint=config.lib.constraints.SameMerchant(field="customer", name="referral_code_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=config.lib.constraints.SameMerchant(field="referee", name="referral_referee_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=config.lib.constraints.SameMerchant(field="referrer", name="referral_referrer_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=config.lib.constraints.SameMerchant(field="referral_link", name="referral_link_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=config.lib.constraints.SameMerchant(field="purchase", name="refund_same_merchant"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="event_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a7238b8215a1781402acfdca1e01418b66c3317a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_event_never_changes_b21c3",
                    table="referrals_event",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="event_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'referrals_event is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="446520e4bf9f9a249abfdb5f0e83d618cfc8acce",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_event_never_truncated_2b149",
                    table="referrals_event",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purchase",
            trigger=pgtrigger.compiler.Trigger(
                name="purchase_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3f262d3aacd813b21dde752b3b26e92b9ad4ff11",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_purchase_never_changes_d0de9",
                    table="referrals_purchase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purchase",
            trigger=pgtrigger.compiler.Trigger(
                name="purchase_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'referrals_purchase is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="4666b5a8d6af0c0d35d39fbc0a080ad8b8747ff6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_purchase_never_truncated_70671",
                    table="referrals_purchase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="refund_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="de82ab09608365158380d7d49b65841191f890ac",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_refund_never_changes_45dbd",
                    table="referrals_refund",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="refund_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'referrals_refund is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="d798dc5faa4e0253d21e54087fdaf867a1635de1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_refund_never_truncated_3f6ca",
                    table="referrals_refund",
                    when="BEFORE",
                ),
            ),
        ),
    ]
