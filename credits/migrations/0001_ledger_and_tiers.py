import config.lib.constraints
import config.lib.ids
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("referrals", "0001_people_codes_purchases_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("available", models.BigIntegerField(default=0)),
                ("pending", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("owed", models.BigIntegerField(default=0)),
                (
                    "lifetime_points",
                    models.BigIntegerField(default=0, help_text="Earned and not taken back by a refund."),
                ),
                ("qualifying_spend", models.BigIntegerField(default=0)),
                ("qualifying_orders", models.BigIntegerField(default=0)),
                ("qualifying_points", models.BigIntegerField(default=0)),
                ("tier_since", models.DateTimeField(null=True)),
                ("next_change_at", models.DateTimeField(null=True)),
                ("event_sequence", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=config.lib.ids.uuid7, editable=False)),
                ("points", models.BigIntegerField()),
                ("kind", models.CharField(choices=[("earned", "Earned"), ("reversed", "Reversed")], max_length=10)),
                ("source_type", models.CharField(max_length=20)),
                ("source_id", models.BigIntegerField()),
                ("evaluation_id", models.BigIntegerField(null=True)),
                ("policy_version_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=40)),
                ("reason_args", models.JSONField(default=dict)),
                ("actor", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=120)),
                ("occurred_at", models.DateTimeField()),
                ("posted_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="LotUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="QualifyingAmount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evaluation_id", models.BigIntegerField()),
                ("spend", models.BigIntegerField(default=0, help_text="Minor units.")),
                ("orders", models.BigIntegerField(default=0)),
                ("points", models.BigIntegerField(default=0)),
                ("occurred_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30)),
                ("name", models.CharField(max_length=60)),
                ("rank", models.PositiveSmallIntegerField()),
                ("min_spend", models.BigIntegerField(default=0, help_text="Minor units.")),
                ("min_orders", models.BigIntegerField(default=0)),
                ("min_points", models.BigIntegerField(default=0, help_text="Qualifying points.")),
                ("points_multiplier", models.DecimalField(decimal_places=3, default=Decimal("1"), max_digits=6)),
                ("benefits", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                "ordering": ["wallet", "rank"],
            },
        ),
        migrations.CreateModel(
            name="TierMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=20)),
                ("evaluation_id", models.BigIntegerField(help_text="The evaluation that moved it.", null=True)),
                ("effective_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Wallet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(default="points", max_length=30)),
                ("unit_name", models.CharField(default="points", max_length=30)),
                ("is_default", models.BooleanField(default=True)),
                (
                    "expiry_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Calendar months from earning to expiry; empty: points never expire.",
                        null=True,
                    ),
                ),
                (
                    "return_policy",
                    models.CharField(
                        choices=[
                            ("owed", "Becomes a debt that the next earnings repay first"),
                            ("forgive", "Is forgiven"),
                            ("pending_only", "Only pending points are taken back"),
                        ],
                        default="owed",
                        max_length=12,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.customer",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.merchant",
            ),
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="lot",
                        serialize=False,
                        to="credits.entry",
                    ),
                ),
                ("granted", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("earned_at", models.DateTimeField()),
                ("active_at", models.DateTimeField(null=True)),
                ("waiting_for", models.CharField(blank=True, max_length=20)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="entry",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="credits.account",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.merchant",
            ),
        ),
        migrations.AddField(
            model_name="lotuse",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lot_uses", to="credits.entry"
            ),
        ),
        migrations.AddField(
            model_name="qualifyingamount",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="qualifying_amounts",
                to="credits.account",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.merchant",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="tier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credits.tier",
            ),
        ),
        migrations.AddField(
            model_name="tiermove",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tier_moves", to="credits.account"
            ),
        ),
        migrations.AddField(
            model_name="tiermove",
            name="from_tier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credits.tier",
            ),
        ),
        migrations.AddField(
            model_name="tiermove",
            name="to_tier",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credits.tier"
            ),
        ),
        migrations.AddField(
            model_name="wallet",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.merchant"
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="wallet",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tiers",
                to="credits.wallet",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="wallet",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credits.wallet",
            ),
        ),
        migrations.AddField(
            model_name="lotuse",
            name="lot",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="credits.lot"),
        ),
        migrations.AddField(
            model_name="lot",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="credits.account",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["account", "id"], name="entry_by_account"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("merchant", "key"), name="entry_one_effect_per_cause"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("points", 0), _negated=True), ("points__range", (-1000000000, 1000000000))
                ),
                name="entry_points_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualifyingamount",
            constraint=models.UniqueConstraint(fields=("evaluation_id", "account"), name="qualifying_amount_once"),
        ),
        migrations.AddConstraint(
            model_name="tiermove",
            constraint=models.UniqueConstraint(
                fields=("account", "evaluation_id"), name="tier_move_once_an_evaluation"
            ),
        ),
        migrations.AddConstraint(
            model_name="tiermove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_tier__isnull", True),
                    models.Q(("from_tier", models.F("to_tier")), _negated=True),
                    _connector="OR",
                ),
                name="tier_move_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.UniqueConstraint(fields=("merchant", "code"), name="wallet_code_once"),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="wallet_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("merchant",), name="wallet_one_default"
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(("expiry_months__isnull", True), ("expiry_months__gt", 0), _connector="OR"),
                name="wallet_expiry_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("wallet", "code"), name="tier_code_once"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("wallet", "rank"), name="tier_rank_once"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("min_orders__gte", 0), ("min_points__gte", 0), ("min_spend__gte", 0)),
                name="tier_requirements_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rank__gt", 0), models.Q(("min_orders", 0), ("min_points", 0), ("min_spend", 0)), _connector="OR"
                ),
                name="tier_lowest_requires_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("points_multiplier__range", (Decimal("0.001"), 100))),
                name="tier_multiplier_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("customer", "wallet"), name="account_once_a_wallet"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("id", "merchant"), name="account_id_merchant"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("available__gte", 0), ("held__gte", 0), ("owed__gte", 0), ("pending__gte", 0)),
                name="account_never_below_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("points", 0), _negated=True), name="lot_use_not_zero"
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("remaining__gt", 0)), fields=["account", "expires_at"], name="lot_to_spend"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("granted__gt", 0), ("remaining__gte", 0), ("remaining__lte", models.F("granted"))),
                name="lot_remaining_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("active_at__isnull", False), ("waiting_for", "")),
                    models.Q(("active_at__isnull", True), models.Q(("waiting_for", ""), _negated=True)),
                    _connector="OR",
                ),
                name="lot_waits_for_a_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=config.lib.constraints.SameMerchant(field="account", name="entry_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=config.lib.constraints.SameMerchant(field="wallet", name="tier_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=config.lib.constraints.SameMerchant(field="customer", name="account_customer_same_merchant"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=config.lib.constraints.SameMerchant(field="wallet", name="account_wallet_same_merchant"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8938b4b812bea0d1eb3a88a618dce83e1e5a3b54",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_entry_never_changes_14152",
                    table="credits_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_entry is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="aef37c7739f3f0adf60b6116f815419d76508c81",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_entry_never_truncated_8b089",
                    table="credits_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="qualifyingamount",
            trigger=pgtrigger.compiler.Trigger(
                name="qualifying_amount_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5187f11877fade71a139b99a31a7f3dab1f8bc63",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_qualifying_amount_never_changes_d048d",
                    table="credits_qualifyingamount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="qualifyingamount",
            trigger=pgtrigger.compiler.Trigger(
                name="qualifying_amount_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_qualifyingamount is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="072d3884be999e4a6c5dca4a06497e61469ff7ef",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_qualifying_amount_never_truncated_29e2f",
                    table="credits_qualifyingamount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tiermove",
            trigger=pgtrigger.compiler.Trigger(
                name="tier_move_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d1600d294839e6424e59b7116f4e80f5bddc6aa6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_tier_move_never_changes_42bff",
                    table="credits_tiermove",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tiermove",
            trigger=pgtrigger.compiler.Trigger(
                name="tier_move_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_tiermove is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="ba87cc90b9e693e49de710cd8d44a8df544d9d78",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_tier_move_never_truncated_d8fe8",
                    table="credits_tiermove",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotuse",
            trigger=pgtrigger.compiler.Trigger(
                name="lot_use_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b6c7807a1e1052e987b058c83455a51a8a222e58",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lot_use_never_changes_ee850",
                    table="credits_lotuse",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotuse",
            trigger=pgtrigger.compiler.Trigger(
                name="lot_use_never_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_lotuse is immutable';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="09cba73fd66474868649e60bf8680a9b66f959f3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lot_use_never_truncated_1a1a0",
                    table="credits_lotuse",
                    when="BEFORE",
                ),
            ),
        ),
        # Room on each page lets a row be updated in place, without touching its indexes.
        migrations.RunSQL(
            "ALTER TABLE credits_account SET (fillfactor = 70)", "ALTER TABLE credits_account RESET (fillfactor)"
        ),
    ]
