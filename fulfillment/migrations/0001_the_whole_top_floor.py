"""Everything up to here in one step: a fresh database is made in seconds, and one that has taken the single steps goes on."""

import config.lib.constraints
import config.lib.encryption
import config.lib.ids
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


# Consumers begin with what happens from now on.
BEGIN_HERE = """
    INSERT INTO fulfillment_outboxreader (name, position, mark, mark_transaction)
    SELECT name, last.id, last.id, 0
    FROM (SELECT coalesce(max(id), 0) AS id FROM referrals_event) AS last, unnest(ARRAY['webhooks', 'notices']) AS name
"""


class Migration(migrations.Migration):

    replaces = [('fulfillment', '0001_technicians'), ('fulfillment', '0002_redemptions_and_their_delivery'), ('fulfillment', '0003_webhooks_out'), ('fulfillment', '0004_notifications')]

    dependencies = [
        ('credits', '0001_the_whole_ledger'),
        ('referrals', '0001_the_whole_ground_floor'),
        ('rewards', '0001_the_whole_third_floor'),
    ]

    operations = [
        migrations.CreateModel(
            name='Redemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('quantity', models.PositiveIntegerField(default=1)),
                ('unit_points', models.BigIntegerField(help_text='What one cost when it was asked for.')),
                ('points', models.BigIntegerField()),
                ('key', models.CharField(max_length=120)),
                ('status', models.CharField(choices=[('pending', 'Waits for approval'), ('approved', 'Approved'), ('fulfilled', 'Fulfilled'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], default='pending', max_length=10)),
                ('needs_technician', models.BooleanField()),
                ('shipping_required', models.BooleanField()),
                ('by_appointment', models.BooleanField()),
                ('region', models.CharField(blank=True, help_text="Where it is delivered, in the merchant's words.", max_length=60)),
                ('due_at', models.DateTimeField(help_text='Until when it was promised.', null=True)),
                ('dispatch_at', models.DateTimeField(help_text='When a technician is looked for next.', null=True)),
                ('event_sequence', models.BigIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('grant', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rewards.grant')),
                ('hold', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credits.hold')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('option', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rewards.rewardoption')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'id'], name='redemption_by_customer'), models.Index(condition=models.Q(('status__in', ('pending', 'approved'))), fields=['merchant', 'due_at'], name='redemption_live'), models.Index(condition=models.Q(('dispatch_at__isnull', False)), fields=['dispatch_at'], name='redemption_to_dispatch')],
                'constraints': [config.lib.constraints.SameMerchant(field='customer', name='redemption_customer_same_merchant'), config.lib.constraints.SameMerchant(field='option', name='redemption_option_same_merchant'), config.lib.constraints.SameMerchant(field='grant', name='redemption_grant_same_merchant'), models.UniqueConstraint(fields=('merchant', 'key'), name='redemption_one_per_cause'), models.UniqueConstraint(fields=('id', 'merchant'), name='redemption_id_merchant'), models.UniqueConstraint(fields=('id', 'customer'), name='redemption_id_customer'), models.CheckConstraint(condition=models.Q(('points', django.db.models.expressions.CombinedExpression(models.F('unit_points'), '*', models.F('quantity'))), ('quantity__gt', 0), ('unit_points__gte', 0)), name='redemption_costs_price_times_quantity'), models.CheckConstraint(condition=models.Q(models.Q(('grant__isnull', True), ('hold__isnull', False), ('points__gt', 0)), models.Q(('grant__isnull', False), ('hold__isnull', True), ('points', 0)), _connector='OR'), name='redemption_is_paid_or_granted'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status__in', ('pending', 'approved'))), models.Q(models.Q(('status__in', ('pending', 'approved')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='redemption_ends_once'), models.CheckConstraint(condition=models.Q(('dispatch_at__isnull', True), models.Q(('needs_technician', True), ('status', 'approved')), _connector='OR'), name='redemption_dispatched_while_approved')],
                'triggers': [pgtrigger.compiler.Trigger(name='redemption_begins_pending', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'pending\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='251e08a521bd4d13ab8963f12a238adca6bab693', operation='INSERT', pgid='pgtrigger_redemption_begins_pending_e8071', table='fulfillment_redemption', when='BEFORE')), pgtrigger.compiler.Trigger(name='redemption_goes_its_way', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{pending:approved,pending:rejected,pending:cancelled,approved:fulfilled,approved:rejected,approved:cancelled}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='9c3f6399735f9795afbb676273d197ee1004923b', operation='UPDATE', pgid='pgtrigger_redemption_goes_its_way_9d249', table='fulfillment_redemption', when='BEFORE')), pgtrigger.compiler.Trigger(name='redemption_asks_for_ever_the_same', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."uuid" IS DISTINCT FROM (NEW."uuid") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."option_id" IS DISTINCT FROM (NEW."option_id") OR OLD."quantity" IS DISTINCT FROM (NEW."quantity") OR OLD."unit_points" IS DISTINCT FROM (NEW."unit_points") OR OLD."points" IS DISTINCT FROM (NEW."points") OR OLD."hold_id" IS DISTINCT FROM (NEW."hold_id") OR OLD."grant_id" IS DISTINCT FROM (NEW."grant_id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."needs_technician" IS DISTINCT FROM (NEW."needs_technician") OR OLD."shipping_required" IS DISTINCT FROM (NEW."shipping_required") OR OLD."by_appointment" IS DISTINCT FROM (NEW."by_appointment") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='880d29b7db62d1bb22a715738ec7cede6e21f381', operation='UPDATE', pgid='pgtrigger_redemption_asks_for_ever_the_same_51a2c', table='fulfillment_redemption', when='BEFORE')), pgtrigger.compiler.Trigger(name='redemption_has_its_move', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n            IF NOT EXISTS (\n                SELECT FROM fulfillment_redemption AS redemption\n                JOIN fulfillment_statusmove AS move\n                    ON move.redemption_id = redemption.id AND move.to_status = redemption.status\n                WHERE redemption.id = NEW.id\n            ) THEN\n                RAISE EXCEPTION 'The status of redemption % has no move in its history', NEW.id;\n            END IF;\n            RETURN NULL;\n        ", hash='52842eead1cbcb509fa219c5aa563e9354b0409c', operation='INSERT OR UPDATE OF "status"', pgid='pgtrigger_redemption_has_its_move_b230a', table='fulfillment_redemption', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')), pgtrigger.compiler.Trigger(name='redemption_never_goes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6783151d9b5e07f2db8c8de9318d3349149dbc01', operation='DELETE', pgid='pgtrigger_redemption_never_goes_14786', table='fulfillment_redemption', when='BEFORE')), pgtrigger.compiler.Trigger(name='redemption_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'fulfillment_redemption is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='12c70d9a7ee92051726cd7f0dfb53c2eb88069ef', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_redemption_never_truncated_04ef9', table='fulfillment_redemption', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('places', models.PositiveIntegerField(default=1)),
                ('taken', models.PositiveIntegerField(default=0, editable=False)),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('option', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rewards.rewardoption')),
            ],
            options={
                'constraints': [config.lib.constraints.SameMerchant(field='option', name='slot_same_merchant'), models.UniqueConstraint(fields=('id', 'merchant'), name='slot_id_merchant'), models.UniqueConstraint(fields=('option', 'starts_at'), name='slot_once'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='slot_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('taken__lte', models.F('places'))), name='slot_never_overbooked')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('places', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('booked', 'Booked'), ('cancelled', 'Cancelled'), ('kept', 'Kept'), ('missed', 'Missed')], default='booked', max_length=10)),
                ('booked_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('redemption', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='fulfillment.redemption')),
                ('slot', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='fulfillment.slot')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('reminded_at__isnull', True), ('state', 'booked')), fields=['slot'], name='appointment_to_remind')],
                'constraints': [config.lib.constraints.SameMerchant(field='redemption', name='appointment_redemption_same_merchant'), config.lib.constraints.SameMerchant(field='slot', name='appointment_slot_same_merchant'), models.UniqueConstraint(condition=models.Q(('state__in', ['booked', 'kept'])), fields=('redemption',), name='appointment_one_at_a_time'), models.CheckConstraint(condition=models.Q(('state', 'booked'), ('ended_at__isnull', False), _connector='XOR'), name='appointment_ends_once'), models.CheckConstraint(condition=models.Q(('places__gt', 0)), name='appointment_places_positive')],
                'triggers': [pgtrigger.compiler.Trigger(name='appointment_goes_its_way', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{booked:cancelled,booked:kept,booked:missed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='4905c7d09187b8f9b5e78de39eafd56fb04599e6', operation='UPDATE', pgid='pgtrigger_appointment_goes_its_way_75c70', table='fulfillment_appointment', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Technician',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Categories of rewards, or codes of options, separated by commas; empty: everything.', size=None)),
                ('regions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Separated by commas; empty: everywhere.', size=None)),
                ('capacity', models.PositiveSmallIntegerField(default=5, help_text='Jobs at once.')),
                ('is_active', models.BooleanField(default=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('merchant', 'user'), name='technician_once_a_merchant'), models.UniqueConstraint(fields=('id', 'merchant'), name='technician_id_merchant'), models.CheckConstraint(condition=models.Q(('capacity__gt', 0)), name='technician_capacity_positive')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('declined', 'Declined'), ('failed', 'Could not be done'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('actor', models.CharField(help_text='Who chose.', max_length=40)),
                ('explanation', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, help_text='Why it ended, if it was not done.', max_length=40)),
                ('assigned_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('redemption', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='fulfillment.redemption')),
                ('technician', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='fulfillment.technician')),
            ],
            options={
                'indexes': [models.Index(fields=['technician', 'state'], name='assignment_by_technician')],
                'constraints': [config.lib.constraints.SameMerchant(field='redemption', name='assignment_redemption_same_merchant'), config.lib.constraints.SameMerchant(field='technician', name='assignment_technician_same_merchant'), models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'done'])), fields=('redemption',), name='assignment_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__gte', models.F('assigned_at')), ('ended_at__isnull', False)), _connector='OR'), name='assignment_ends_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='assignment_goes_its_way', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:done,open:declined,open:failed,open:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f5d28e869554e3c226db20c0010d3940ac2d08de', operation='UPDATE', pgid='pgtrigger_assignment_goes_its_way_efa85', table='fulfillment_assignment', when='BEFORE')), pgtrigger.compiler.Trigger(name='assignment_is_for_ever_theirs', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."redemption_id" IS DISTINCT FROM (NEW."redemption_id") OR OLD."technician_id" IS DISTINCT FROM (NEW."technician_id") OR OLD."actor" IS DISTINCT FROM (NEW."actor") OR OLD."assigned_at" IS DISTINCT FROM (NEW."assigned_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4c8d8acb9fd827c074290a780b87b3077423ea7e', operation='UPDATE', pgid='pgtrigger_assignment_is_for_ever_theirs_aab56', table='fulfillment_assignment', when='BEFORE')), pgtrigger.compiler.Trigger(name='assignment_never_goes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='465431394ae1af3d30a8a7052d61f971ef257c6e', operation='DELETE', pgid='pgtrigger_assignment_never_goes_650a8', table='fulfillment_assignment', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ContactPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channels', models.JSONField(default=dict, help_text='Channels by topic; topics that are not named are as usual.')),
                ('language', models.CharField(blank=True, max_length=10)),
                ('time_zone', models.CharField(blank=True, max_length=64)),
                ('quiet_from', models.TimeField(blank=True, null=True)),
                ('quiet_until', models.TimeField(blank=True, null=True)),
                ('customer', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'constraints': [config.lib.constraints.SameMerchant(field='customer', name='contact_preference_same_merchant'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='contact_preference_quiet_has_both_ends')],
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('url', models.CharField(max_length=500)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), help_text='Types such as "tier.changed", groups such as "points.*", or "*".', size=None)),
                ('secret', config.lib.encryption.EncryptedTextField(editable=False)),
                ('previous_secret', config.lib.encryption.EncryptedTextField(default='', editable=False)),
                ('previous_secret_until', models.DateTimeField(editable=False, null=True)),
                ('state', models.CharField(choices=[('enabled', 'Enabled'), ('disabled', 'Disabled'), ('failing', 'Disabled, because it failed for days'), ('gone', 'Disabled, because it answered 410'), ('removed', 'Removed')], default='enabled', max_length=8)),
                ('state_since', models.DateTimeField(editable=False)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(editable=False)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('id', 'merchant'), name='webhook_endpoint_id_merchant'), models.CheckConstraint(condition=models.Q(('events__len__gt', 0)), name='webhook_endpoint_has_events'), models.CheckConstraint(condition=models.Q(('state__in', ['enabled', 'disabled', 'failing', 'gone', 'removed'])), name='webhook_endpoint_state_is_known'), models.CheckConstraint(condition=models.Q(('url__regex', '^https?://[^/@[:space:]]+(/[^[:space:]#]*)?$')), name='webhook_endpoint_url_form')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('message_id', models.UUIDField()),
                ('type', models.CharField(max_length=40)),
                ('subject_type', models.CharField(blank=True, max_length=20)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('delivered', 'Delivered'), ('failed', 'Given up')], default='pending', max_length=9)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('log', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.event')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('endpoint', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='fulfillment.webhookendpoint')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['endpoint', 'subject_id', 'subject_type', 'event'], name='delivery_in_order'), models.Index(condition=models.Q(('state', 'pending')), fields=['endpoint', 'due_at'], name='delivery_due')],
                'constraints': [config.lib.constraints.SameMerchant(field='endpoint', name='delivery_endpoint_same_merchant'), models.UniqueConstraint(fields=('endpoint', 'event'), name='delivery_once_an_endpoint'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'delivered', 'failed'])), name='delivery_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='delivery_ends_once_it_ended')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=60)),
                ('arguments', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'id'], name='notification_of_customer'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['customer'], name='notification_unread')],
                'constraints': [config.lib.constraints.SameMerchant(field='customer', name='notification_customer_same_merchant'), models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('user__isnull', True)), models.Q(('customer__isnull', True), ('user__isnull', False)), _connector='OR'), name='notification_has_one_reader'), models.UniqueConstraint(fields=('customer', 'key'), name='notification_once_a_customer'), models.UniqueConstraint(fields=('user', 'key'), name='notification_once_a_user')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('push', 'Web push')], max_length=5)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('sent', 'Sent'), ('skipped', 'Not sent: there was no way, or no wish'), ('failed', 'Given up')], default='pending', max_length=7)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, help_text='A code, never the words of another system.', max_length=40)),
                ('notification', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='fulfillment.notification')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['due_at'], name='message_due')],
                'constraints': [models.UniqueConstraint(fields=('notification', 'channel'), name='message_once_a_channel'), models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'push'])), name='message_channel_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'pending')), models.Q(('state__in', ['sent', 'skipped', 'failed']), ('ended_at__isnull', False)), _connector='OR'), name='message_ends_once_it_ended')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', config.lib.encryption.EncryptedTextField()),
                ('is_for_customer', models.BooleanField(default=False)),
                ('actor', models.CharField(max_length=40)),
                ('written_at', models.DateTimeField()),
                ('redemption', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='fulfillment.redemption')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='OutboxReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True)),
                ('position', models.BigIntegerField(default=0)),
                ('mark', models.BigIntegerField(default=0)),
                ('mark_transaction', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('position__lte', models.F('mark'))), name='outbox_read_to_the_mark')],
            },
        ),
        migrations.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('endpoint', config.lib.encryption.EncryptedTextField()),
                ('endpoint_hash', models.BinaryField(max_length=32)),
                ('p256dh', models.BinaryField(max_length=65)),
                ('auth', models.BinaryField(max_length=16)),
                ('created_at', models.DateTimeField()),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'constraints': [config.lib.constraints.SameMerchant(field='customer', name='push_subscription_same_merchant'), models.UniqueConstraint(fields=('customer', 'endpoint_hash'), name='push_subscription_once')],
            },
        ),
        migrations.CreateModel(
            name='ServiceRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('reference', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('repair', 'Repair'), ('replacement', 'Replacement'), ('service', 'Service')], max_length=12)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('region', models.CharField(blank=True, max_length=60)),
                ('amount', models.BigIntegerField(help_text='Minor units, before rewards.')),
                ('final_amount', models.BigIntegerField(blank=True, help_text='Minor units; settled at completion.', null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                ('opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'constraints': [config.lib.constraints.SameMerchant(field='customer', name='service_record_same_merchant'), models.UniqueConstraint(fields=('reference', 'merchant'), name='service_record_reference_once'), models.UniqueConstraint(fields=('id', 'customer'), name='service_record_id_customer'), models.CheckConstraint(condition=models.Q(('amount__range', (0, 1000000000000)), models.Q(('final_amount__isnull', True), models.Q(('final_amount__gte', 0), ('final_amount__lte', models.F('amount'))), _connector='OR')), name='service_record_amounts_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('final_amount__isnull', True), ('state', 'open')), models.Q(('ended_at__isnull', False), ('final_amount__isnull', False), ('state', 'completed')), models.Q(('ended_at__isnull', False), ('final_amount__isnull', True), ('state', 'cancelled')), _connector='OR'), name='service_record_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='RepairReward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('repair_discount', 'Repair discount'), ('replacement_discount', 'Replacement discount'), ('purchase_discount', 'Purchase discount'), ('free_service', 'Free service'), ('free_product', 'Free product'), ('shipping', 'Shipping'), ('merchandise', 'Merchandise'), ('gift_card', 'Gift card'), ('experience', 'Experience')], max_length=30)),
                ('discount_type', models.CharField(choices=[('percentage', 'Percentage'), ('fixed', 'Fixed amount'), ('free', 'Free (100 % off)'), ('none', 'None')], max_length=12)),
                ('discount_value', models.BigIntegerField(help_text='Percent, or minor units.')),
                ('price_before', models.BigIntegerField(help_text='Minor units.')),
                ('price_after', models.BigIntegerField(help_text='Minor units.')),
                ('actor', models.CharField(max_length=40)),
                ('applied_at', models.DateTimeField()),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
                ('redemption', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='repair_reward', to='fulfillment.redemption')),
                ('service_record', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='fulfillment.servicerecord')),
            ],
            options={
                'constraints': [config.lib.constraints.SameMerchant(field='redemption', name='repair_reward_same_merchant'), config.lib.constraints.SameMerchant(field='customer', name='repair_reward_customer_same_merchant'), config.lib.constraints.SameCustomer(field='redemption', name='repair_reward_redemption_same_customer'), config.lib.constraints.SameCustomer(field='service_record', name='repair_reward_record_same_customer'), models.UniqueConstraint(fields=('service_record', 'category'), name='repair_reward_one_of_a_kind'), models.CheckConstraint(condition=models.Q(('category__in', ('repair_discount', 'replacement_discount', 'free_service'))), name='repair_reward_never_merchandise'), models.CheckConstraint(condition=models.Q(('price_after__gte', 0), ('price_after__lte', models.F('price_before'))), name='repair_reward_lowers_the_price')],
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', config.lib.encryption.EncryptedTextField(blank=True, help_text='Name, street, place and country; one line each.')),
                ('carrier', models.CharField(blank=True, max_length=60)),
                ('tracking', models.CharField(blank=True, max_length=100)),
                ('asked_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('redemption', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='shipment', to='fulfillment.redemption')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('carrier', ''), ('sent_at__isnull', True), ('tracking', '')), models.Q(('sent_at__isnull', False), models.Q(('carrier', ''), _negated=True)), _connector='OR'), name='shipment_sent_with_somebody'), models.CheckConstraint(condition=models.Q(('delivered_at__isnull', True), models.Q(('delivered_at__gte', models.F('sent_at')), ('sent_at__isnull', False)), _connector='OR'), name='shipment_delivered_after_it_was_sent')],
            },
        ),
        migrations.CreateModel(
            name='StatusMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_status', models.CharField(blank=True, choices=[('pending', 'Waits for approval'), ('approved', 'Approved'), ('fulfilled', 'Fulfilled'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], max_length=10)),
                ('to_status', models.CharField(choices=[('pending', 'Waits for approval'), ('approved', 'Approved'), ('fulfilled', 'Fulfilled'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], max_length=10)),
                ('actor', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=40)),
                ('moved_at', models.DateTimeField()),
                ('redemption', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='fulfillment.redemption')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('redemption', 'to_status'), name='status_move_once'), models.CheckConstraint(condition=models.Q(models.Q(('from_status', ''), ('to_status', 'pending')), models.Q(('from_status', 'pending'), ('to_status', 'approved')), models.Q(('from_status', 'pending'), ('to_status', 'rejected')), models.Q(('from_status', 'pending'), ('to_status', 'cancelled')), models.Q(('from_status', 'approved'), ('to_status', 'fulfilled')), models.Q(('from_status', 'approved'), ('to_status', 'rejected')), models.Q(('from_status', 'approved'), ('to_status', 'cancelled')), _connector='OR'), name='status_move_legal'), models.CheckConstraint(condition=models.Q(('reason__regex', '^[a-z][a-z0-9_]*$')), name='status_move_has_a_reason'), models.CheckConstraint(condition=models.Q(('actor__regex', '^[a-z]+(:[a-zA-Z0-9_]+)?$')), name='status_move_actor_is_a_word')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_move_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fe576b9a532e61766a1c88baf28384e443f36607', operation='UPDATE OR DELETE', pgid='pgtrigger_status_move_never_changes_5bb3b', table='fulfillment_statusmove', when='BEFORE')), pgtrigger.compiler.Trigger(name='status_move_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'fulfillment_statusmove is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='91821f93260db96fa8069b85a5b1a13ef7b90643', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_status_move_never_truncated_469e5', table='fulfillment_statusmove', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TimeOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='time_off', to='fulfillment.technician')),
            ],
            options={
                'verbose_name_plural': 'time off',
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='time_off_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Voice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender_name', models.CharField(blank=True, help_text="Empty: the merchant's name.", max_length=100)),
                ('language', models.CharField(default='en', max_length=10)),
                ('quiet_from', models.TimeField(default=datetime.time(21, 0), help_text="From this hour, in the reader's zone, nothing is sent.")),
                ('quiet_until', models.TimeField(default=datetime.time(8, 0), help_text='The same as from: there are no quiet hours.')),
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('channel', models.CharField(blank=True, choices=[('email', 'E-mail'), ('sms', 'SMS'), ('push', 'Web push')], help_text='Empty: for every channel, and in the app.', max_length=5)),
                ('language', models.CharField(default='en', max_length=10)),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField(max_length=2000)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('merchant', 'kind', 'channel', 'language'), name='wording_once'), models.CheckConstraint(condition=models.Q(('channel__in', ['', 'email', 'sms', 'push'])), name='wording_channel_is_known')],
            },
        ),
        migrations.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                ('starts_at', models.CharField(help_text='Such as 09:00.', max_length=5)),
                ('ends_at', models.CharField(help_text='Such as 17:30; 24:00 is the end of the day.', max_length=5)),
                ('technician', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='fulfillment.technician')),
            ],
            options={
                'verbose_name_plural': 'working hours',
                'constraints': [models.UniqueConstraint(fields=('technician', 'weekday', 'starts_at'), name='working_hours_once'), models.CheckConstraint(condition=models.Q(('weekday__range', (0, 6))), name='working_hours_weekday_in_range'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at')), ('starts_at__regex', '^([01][0-9]|2[0-3]):[0-5][0-9]$'), models.Q(('ends_at__regex', '^([01][0-9]|2[0-3]):[0-5][0-9]$'), ('ends_at', '24:00'), _connector='OR')), name='working_hours_by_the_clock')],
            },
        ),
        migrations.RunSQL(BEGIN_HERE, migrations.RunSQL.noop),
    ]
