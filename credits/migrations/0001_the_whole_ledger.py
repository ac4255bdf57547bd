"""Everything up to here in one step: a fresh database is made in seconds, and one that has taken the single steps goes on."""

import config.lib.constraints
import config.lib.ids
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('credits', '0001_ledger_and_tiers'), ('credits', '0002_holds_expiry_rules_adjustments'), ('credits', '0003_accounts_settle_and_repay'), ('credits', '0004_tier_reviews_and_assignment_keys'), ('credits', '0005_liability_report'), ('credits', '0006_remarks'), ('credits', '0007_unmarked_writes')]

    dependencies = [
        ('referrals', '0001_the_whole_ground_floor'),
    ]

    operations = [
        migrations.CreateModel(
            name='Wallet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(default='points', max_length=30)),
                ('unit_name', models.CharField(default='points', max_length=30)),
                ('is_default', models.BooleanField(default=True)),
                ('expiry_months', models.PositiveSmallIntegerField(blank=True, help_text='Calendar months from earning to expiry; empty: points never expire.', null=True)),
                ('expiry_rule', models.CharField(choices=[('after_months', 'At the end of the day, so many months later'), ('end_of_month', 'At the end of the month in which these months are over'), ('end_of_quarter', 'At the end of the quarter in which these months are over'), ('end_of_year', 'At the end of the year in which these months are over'), ('fixed_day', 'At the end of a fixed day, the first one after these months'), ('inactivity', 'All together, so many months after the customer last earned or spent')], default='after_months', max_length=15)),
                ('expiry_day', models.CharField(blank=True, help_text='Month and day such as 12-31, for expiry on a fixed day.', max_length=5)),
                ('pending_days', models.PositiveSmallIntegerField(default=0, help_text='Days from earning until points can be spent; a policy may say otherwise.')),
                ('return_policy', models.CharField(choices=[('owed', 'Becomes a debt that the next earnings repay first'), ('forgive', 'Is forgiven'), ('pending_only', 'Only pending points are taken back')], default='owed', max_length=12)),
                ('restore_grace_days', models.PositiveSmallIntegerField(default=30, help_text='How long points live on that lapsed before what they had paid for was undone.')),
                ('point_value', models.DecimalField(decimal_places=4, default=Decimal('1'), help_text='What a point is worth, in minor units.', max_digits=12)),
                ('adjustment_max', models.BigIntegerField(default=1000, help_text='Points that one person may give or take alone; more needs a second person.')),
                ('transfer_day_max', models.BigIntegerField(blank=True, help_text='Points that a customer may give away in a day; empty: no gifts.', null=True)),
                ('tier_window', models.CharField(choices=[('lifetime', 'For ever'), ('rolling_year', 'The last twelve months'), ('calendar_year', 'The calendar year')], default='lifetime', max_length=15)),
                ('tier_downgrade', models.CharField(choices=[('never', 'Not at all'), ('one_down', 'By one tier'), ('to_reached', 'To the tier that they still reach')], default='to_reached', max_length=15)),
                ('tier_grace_days', models.PositiveSmallIntegerField(default=30, help_text='From the warning that a tier is not kept until it is lost.')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'permissions': [('report_liability', 'Can read and export what is owed to customers')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'code'), name='wallet_code_once'), models.UniqueConstraint(fields=('id', 'merchant'), name='wallet_id_merchant'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('merchant',), name='wallet_one_default'), models.CheckConstraint(condition=models.Q(('expiry_months__isnull', True), ('expiry_months__gt', 0), _connector='OR'), name='wallet_expiry_positive'), models.CheckConstraint(condition=models.Q(models.Q(('expiry_day__regex', '^(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$'), ('expiry_rule', 'fixed_day')), models.Q(models.Q(('expiry_rule', 'fixed_day'), _negated=True), ('expiry_day', '')), _connector='OR'), name='wallet_expiry_day_of_a_fixed_day'), models.CheckConstraint(condition=models.Q(('adjustment_max__gte', 0), ('point_value__gte', 0), models.Q(('transfer_day_max__isnull', True), ('transfer_day_max__gt', 0), _connector='OR')), name='wallet_limits_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30)),
                ('name', models.CharField(max_length=60)),
                ('rank', models.PositiveSmallIntegerField()),
                ('min_spend', models.BigIntegerField(default=0, help_text='Minor units.')),
                ('min_orders', models.BigIntegerField(default=0)),
                ('min_points', models.BigIntegerField(default=0, help_text='Qualifying points.')),
                ('points_multiplier', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=6)),
                ('benefits', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('wallet', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='credits.wallet')),
            ],
            options={
                'ordering': ['wallet', 'rank'],
                'constraints': [config.lib.constraints.SameMerchant(field='wallet', name='tier_same_merchant'), models.UniqueConstraint(fields=('wallet', 'code'), name='tier_code_once'), models.UniqueConstraint(fields=('wallet', 'rank'), name='tier_rank_once'), models.CheckConstraint(condition=models.Q(('min_orders__gte', 0), ('min_points__gte', 0), ('min_spend__gte', 0)), name='tier_requirements_not_negative'), models.CheckConstraint(condition=models.Q(('rank__gt', 0), models.Q(('min_orders', 0), ('min_points', 0), ('min_spend', 0)), _connector='OR'), name='tier_lowest_requires_nothing'), models.CheckConstraint(condition=models.Q(('points_multiplier__range', (Decimal('0.001'), 100))), name='tier_multiplier_in_range')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('available', models.BigIntegerField(default=0)),
                ('pending', models.BigIntegerField(default=0)),
                ('held', models.BigIntegerField(default=0)),
                ('owed', models.BigIntegerField(default=0)),
                ('lifetime_points', models.BigIntegerField(default=0, help_text='Earned and not taken back by a refund.')),
                ('qualifying_spend', models.BigIntegerField(default=0)),
                ('qualifying_orders', models.BigIntegerField(default=0)),
                ('qualifying_points', models.BigIntegerField(default=0)),
                ('tier_since', models.DateTimeField(null=True)),
                ('tier_review_at', models.DateTimeField(help_text='When it is looked whether the tier is kept.', null=True)),
                ('tier_warned_at', models.DateTimeField(help_text='The review that did not keep it; it was announced.', null=True)),
                ('tier_locked_until', models.DateTimeField(help_text='Staff gave the tier, and until then it stays.', null=True)),
                ('next_change_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('event_sequence', models.BigIntegerField(default=0)),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credits.tier')),
                ('wallet', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credits.wallet')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('tier_review_at__isnull', False)), fields=['wallet', 'tier_review_at'], name='account_tier_reviews'), models.Index(condition=models.Q(('next_change_at__isnull', False)), fields=['next_change_at'], name='account_to_settle')],
                'constraints': [config.lib.constraints.SameMerchant(field='customer', name='account_customer_same_merchant'), config.lib.constraints.SameMerchant(field='wallet', name='account_wallet_same_merchant'), models.UniqueConstraint(fields=('customer', 'wallet'), name='account_once_a_wallet'), models.UniqueConstraint(fields=('id', 'merchant'), name='account_id_merchant'), models.CheckConstraint(condition=models.Q(('available__gte', 0), ('held__gte', 0), ('owed__gte', 0), ('pending__gte', 0)), name='account_never_below_zero'), models.CheckConstraint(condition=models.Q(('owed', 0), ('available', 0), _connector='OR'), name='account_repays_before_it_has')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False)),
                ('points', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('earned', 'Earned'), ('redeemed', 'Redeemed'), ('restored', 'Restored'), ('expired', 'Expired'), ('reversed', 'Reversed'), ('adjusted', 'Adjusted'), ('transferred', 'Transferred')], max_length=12)),
                ('source_type', models.CharField(max_length=20)),
                ('source_id', models.BigIntegerField()),
                ('evaluation_id', models.BigIntegerField(null=True)),
                ('policy_version_id', models.BigIntegerField(null=True)),
                ('reason', models.CharField(max_length=40)),
                ('reason_args', models.JSONField(default=dict)),
                ('actor', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=120)),
                ('occurred_at', models.DateTimeField()),
                ('posted_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='credits.account')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'indexes': [models.Index(fields=['account', 'id'], name='entry_by_account')],
                'constraints': [config.lib.constraints.SameMerchant(field='account', name='entry_same_merchant'), models.UniqueConstraint(fields=('merchant', 'key'), name='entry_one_effect_per_cause'), models.CheckConstraint(condition=models.Q(models.Q(('points', 0), _negated=True), ('points__range', (-1000000000, 1000000000))), name='entry_points_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('earned', 'restored')), ('points__lt', 0), _negated=True), models.Q(('kind__in', ('redeemed', 'expired', 'reversed')), ('points__gt', 0), _negated=True)), name='entry_goes_the_way_of_its_kind')],
                'triggers': [pgtrigger.compiler.Trigger(name='entry_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8938b4b812bea0d1eb3a88a618dce83e1e5a3b54', operation='UPDATE OR DELETE', pgid='pgtrigger_entry_never_changes_14152', table='credits_entry', when='BEFORE')), pgtrigger.compiler.Trigger(name='entry_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_entry is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='aef37c7739f3f0adf60b6116f815419d76508c81', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_entry_never_truncated_8b089', table='credits_entry', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('points', models.BigIntegerField(help_text='Negative takes away.')),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('waiting', 'Waits for a second person'), ('posted', 'Posted'), ('refused', 'Refused')], max_length=10)),
                ('needs_second', models.BooleanField(help_text='More than one person may do alone.')),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='credits.account')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adjustment', to='credits.entry')),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'id'], name='adjustment_by_account')],
                'constraints': [config.lib.constraints.SameMerchant(field='account', name='adjustment_same_merchant'), models.CheckConstraint(condition=models.Q(models.Q(('points', 0), _negated=True), ('points__range', (-1000000000, 1000000000))), name='adjustment_points_in_range'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='adjustment_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('state', 'posted')), models.Q(models.Q(('state', 'posted'), _negated=True), ('entry__isnull', True)), _connector='OR'), name='adjustment_posted_has_an_entry'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('needs_second', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='adjustment_decided_by_somebody'), models.CheckConstraint(condition=models.Q(('needs_second', False), ('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='adjustment_four_eyes')],
            },
        ),
        migrations.CreateModel(
            name='ExpiryNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expires_at', models.DateTimeField()),
                ('lead_days', models.PositiveSmallIntegerField()),
                ('points', models.BigIntegerField()),
                ('told_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='expiry_notices', to='credits.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'expires_at', 'lead_days'), name='expiry_notice_once'), models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='expiry_notice_has_points')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('points', models.BigIntegerField()),
                ('captured_points', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'Open'), ('captured', 'Captured'), ('released', 'Released'), ('lapsed', 'Lapsed')], default='open', max_length=10)),
                ('key', models.CharField(max_length=120)),
                ('expires_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='credits.account')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['expires_at'], name='hold_to_lapse'), models.Index(fields=['account'], name='hold_by_account')],
                'constraints': [config.lib.constraints.SameMerchant(field='account', name='hold_same_merchant'), models.UniqueConstraint(fields=('merchant', 'key'), name='hold_once_a_purpose'), models.CheckConstraint(condition=models.Q(('captured_points__gte', 0), ('captured_points__lte', models.F('points')), ('points__gt', 0)), name='hold_captures_what_it_holds'), models.CheckConstraint(condition=models.Q(models.Q(('captured_points__gt', 0), ('state', 'captured')), models.Q(models.Q(('state', 'captured'), _negated=True), ('captured_points', 0)), _connector='OR'), name='hold_captured_has_points'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='hold_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='lot', serialize=False, to='credits.entry')),
                ('granted', models.BigIntegerField()),
                ('remaining', models.BigIntegerField()),
                ('held', models.BigIntegerField(db_default=0, default=0)),
                ('earned_at', models.DateTimeField()),
                ('active_at', models.DateTimeField(null=True)),
                ('waiting_for', models.CharField(blank=True, max_length=20)),
                ('expires_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='credits.account')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('remaining__gt', 0)), fields=['account', 'expires_at'], name='lot_to_spend')],
                'constraints': [models.CheckConstraint(condition=models.Q(('granted__gt', 0), ('remaining__gte', 0), ('remaining__lte', models.F('granted'))), name='lot_remaining_in_range'), models.CheckConstraint(condition=models.Q(('held__gte', 0), ('held__lte', models.F('remaining'))), name='lot_held_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('active_at__isnull', False), ('waiting_for', '')), models.Q(('active_at__isnull', True), models.Q(('waiting_for', ''), _negated=True)), _connector='OR'), name='lot_waits_for_a_cause')],
            },
        ),
        migrations.CreateModel(
            name='HeldLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField()),
                ('hold', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='held_lots', to='credits.hold')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_lots', to='credits.lot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('hold', 'lot'), name='held_lot_once'), models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='held_lot_positive')],
            },
        ),
        migrations.CreateModel(
            name='LotUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lot_uses', to='credits.entry')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='credits.lot')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('points', 0), _negated=True), name='lot_use_not_zero')],
                'triggers': [pgtrigger.compiler.Trigger(name='lot_use_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b6c7807a1e1052e987b058c83455a51a8a222e58', operation='UPDATE OR DELETE', pgid='pgtrigger_lot_use_never_changes_ee850', table='credits_lotuse', when='BEFORE')), pgtrigger.compiler.Trigger(name='lot_use_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_lotuse is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='09cba73fd66474868649e60bf8680a9b66f959f3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_lot_use_never_truncated_1a1a0', table='credits_lotuse', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='QualifyingAmount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evaluation_id', models.BigIntegerField()),
                ('spend', models.BigIntegerField(default=0, help_text='Minor units.')),
                ('orders', models.BigIntegerField(default=0)),
                ('points', models.BigIntegerField(default=0)),
                ('occurred_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='qualifying_amounts', to='credits.account')),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'occurred_at'], name='qualifying_by_account')],
                'constraints': [models.UniqueConstraint(fields=('evaluation_id', 'account'), name='qualifying_amount_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='qualifying_amount_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5187f11877fade71a139b99a31a7f3dab1f8bc63', operation='UPDATE OR DELETE', pgid='pgtrigger_qualifying_amount_never_changes_d048d', table='credits_qualifyingamount', when='BEFORE')), pgtrigger.compiler.Trigger(name='qualifying_amount_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_qualifyingamount is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='072d3884be999e4a6c5dca4a06497e61469ff7ef', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_qualifying_amount_never_truncated_29e2f', table='credits_qualifyingamount', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TierAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('actor', models.CharField(help_text='The person or the key, in the words of entries.', max_length=40)),
                ('until', models.DateTimeField(help_text='Empty: it is not locked, and the next review decides.', null=True)),
                ('key', models.CharField(help_text="The caller's name for it: sent again, it is the same.", max_length=255, null=True)),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='tier_assignments', to='credits.account')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('tier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credits.tier')),
            ],
            options={
                'constraints': [config.lib.constraints.SameMerchant(field='account', name='tier_assignment_same_merchant'), models.UniqueConstraint(fields=('merchant', 'key'), name='tier_assignment_key_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='tier_assignment_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='TierMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=20)),
                ('evaluation_id', models.BigIntegerField(help_text='The evaluation that moved it.', null=True)),
                ('effective_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tier_moves', to='credits.account')),
                ('from_tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credits.tier')),
                ('to_tier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credits.tier')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'evaluation_id'), name='tier_move_once_an_evaluation'), models.CheckConstraint(condition=models.Q(('from_tier__isnull', True), models.Q(('from_tier', models.F('to_tier')), _negated=True), _connector='OR'), name='tier_move_moves')],
                'triggers': [pgtrigger.compiler.Trigger(name='tier_move_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d1600d294839e6424e59b7116f4e80f5bddc6aa6', operation='UPDATE OR DELETE', pgid='pgtrigger_tier_move_never_changes_42bff', table='credits_tiermove', when='BEFORE')), pgtrigger.compiler.Trigger(name='tier_move_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'credits_tiermove is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='ba87cc90b9e693e49de710cd8d44a8df544d9d78', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_tier_move_never_truncated_d8fe8', table='credits_tiermove', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='UnmarkedWrite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_at', models.DateTimeField()),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='remark', serialize=False, to='credits.entry')),
                ('text', models.CharField(max_length=500)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='remark_says_something')],
            },
        ),
        migrations.RunSQL(
            sql='ALTER TABLE credits_account SET (fillfactor = 70)',
            reverse_sql='ALTER TABLE credits_account RESET (fillfactor)',
        ),
    ]
