import config.lib.constraints
import config.lib.ids
import datetime
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0002_partial_refunds_payments'),
    ]

    operations = [
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('source', models.CharField(help_text='The door it came through: api, or grapevine for its own.', max_length=20)),
                ('activity_id', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=40)),
                ('reference', models.CharField(blank=True, max_length=100)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'activities',
            },
        ),
        migrations.AddField(
            model_name='customer',
            name='birthday',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='birthday_changed_at',
            field=models.DateTimeField(blank=True, help_text='When another birthday took the place of the first.', null=True),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('merchant'), django.db.models.functions.datetime.ExtractMonth('birthday'), django.db.models.functions.datetime.ExtractDay('birthday'), condition=models.Q(('birthday__isnull', False)), name='customer_by_birthday'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('birthday__range', (datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))), name='customer_birthday_in_range'),
        ),
        migrations.AddField(
            model_name='activity',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='referrals.customer'),
        ),
        migrations.AddField(
            model_name='activity',
            name='merchant',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['customer', 'kind', 'occurred_at'], name='activity_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=config.lib.constraints.SameMerchant(field='customer', name='activity_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(fields=('activity_id', 'source', 'merchant'), name='activity_once'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('kind__regex', '^[a-z][a-z0-9_]*$')), name='activity_kind_is_a_word'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('account_creation', 'birthday')), ('source', 'grapevine')), models.Q(models.Q(('source', 'grapevine'), _negated=True), models.Q(('kind__in', ('account_creation', 'birthday')), _negated=True)), _connector='OR'), name='activity_own_kinds_are_ours'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activity',
            trigger=pgtrigger.compiler.Trigger(name='activity_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e956eede69b612ebef1b47919fbc79d6c4161b12', operation='UPDATE OR DELETE', pgid='pgtrigger_activity_never_changes_257c8', table='referrals_activity', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activity',
            trigger=pgtrigger.compiler.Trigger(name='activity_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'referrals_activity is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='ae8e8e35999640543cd3f2ef2904a828da7c5a17', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_activity_never_truncated_76cfb', table='referrals_activity', when='BEFORE')),
        ),
    ]
