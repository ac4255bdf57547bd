import config.lib.constraints
import config.lib.ids
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0009_scope_for_policies'),
        ('rewards', '0008_reviews_of_referrals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Backtest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('candidate', models.JSONField()),
                ('starts_at', models.DateTimeField(help_text='What happened before is replayed, and not counted.', null=True)),
                ('ends_at', models.DateTimeField(help_text='What happened from here on is left out.', null=True)),
                ('actor', models.CharField(help_text='Who asked for it: user:7, or key:gv_12ab.', max_length=40)),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='pending', max_length=10)),
                ('done', models.BigIntegerField(default=0, help_text='Facts replayed.')),
                ('total', models.BigIntegerField(default=0, help_text='Facts to replay.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('failure', models.TextField(blank=True)),
                ('totals', models.JSONField(null=True)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='BacktestOutcome',
            fields=[
                ('pk', models.CompositePrimaryKey('backtest_id', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('points_before', models.BigIntegerField()),
                ('points_after', models.BigIntegerField()),
                ('grants_before', models.BigIntegerField()),
                ('grants_after', models.BigIntegerField()),
                ('backtest', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='rewards.backtest')),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='PolicyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy_code', models.SlugField(max_length=60)),
                ('number', models.PositiveIntegerField(help_text='Of the version.')),
                ('action', models.CharField(choices=[('drafted', 'Drafted'), ('edited', 'Edited'), ('discarded', 'Draft discarded'), ('published', 'Published'), ('retired', 'Retired'), ('deleted', 'Deleted')], max_length=10)),
                ('actor', models.CharField(max_length=40)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant')),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='policyversion',
            name='published_version_never_changes',
        ),
        migrations.RemoveConstraint(
            model_name='policyversion',
            name='policy_one_version_in_force',
        ),
        migrations.RemoveConstraint(
            model_name='policyversion',
            name='policy_version_published_has_a_date',
        ),
        migrations.AddField(
            model_name='policyversion',
            name='effective_at',
            field=models.DateTimeField(blank=True, help_text='From when it is in force.', null=True),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='examples',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name='policyversion',
            name='published_at',
            field=models.DateTimeField(blank=True, help_text='When it was decided that it comes.', null=True),
        ),
        migrations.AlterField(
            model_name='policyversion',
            name='retired_at',
            field=models.DateTimeField(blank=True, help_text='From when it is no longer.', null=True),
        ),
        # What was published before came into force at once.
        migrations.RunSQL(
            'UPDATE rewards_policyversion SET effective_at = published_at WHERE published_at IS NOT NULL',
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyversion',
            trigger=pgtrigger.compiler.Trigger(name='published_version_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND (OLD."definition" IS DISTINCT FROM (NEW."definition") OR OLD."examples" IS DISTINCT FROM (NEW."examples") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."effective_at" IS DISTINCT FROM (NEW."effective_at")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b32f89148533d6f2d70be8873afd167b779c90df', operation='UPDATE', pgid='pgtrigger_published_version_never_changes_f640d', table='rewards_policyversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('policy',), name='policy_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'draft'), _negated=True), expressions=[(models.Func(models.F('policy'), models.F('policy'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('effective_at'), models.F('retired_at'), function='tstzrange'), '&&')], name='policy_one_version_in_force'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_at__isnull', True), ('published_at__isnull', True), ('retired_at__isnull', True), ('status', 'draft')), models.Q(('effective_at__isnull', False), ('published_at__isnull', False), ('retired_at__isnull', True), ('status', 'published')), models.Q(('effective_at__isnull', False), ('published_at__isnull', False), ('retired_at__isnull', False), ('status', 'retired')), _connector='OR'), name='policy_version_dates_follow_status'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), ('retired_at__gte', models.F('effective_at')), _connector='OR'), name='policy_version_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='backtest',
            index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['id'], name='backtest_queue'),
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.UniqueConstraint(fields=('id', 'merchant'), name='backtest_id_merchant'),
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='backtest_not_done_twice'),
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('finished_at__isnull', False), ('totals__isnull', False)), _connector='OR'), name='backtest_done_has_totals'),
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__isnull', True), ('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='backtest_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='backtestoutcome',
            index=models.Index(models.F('backtest'), django.db.models.expressions.CombinedExpression(models.F('points_after'), '-', models.F('points_before')), name='backtest_outcome_difference'),
        ),
        migrations.AddConstraint(
            model_name='backtestoutcome',
            constraint=config.lib.constraints.SameMerchant(field='backtest', name='backtest_outcome_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='backtestoutcome',
            constraint=config.lib.constraints.SameMerchant(field='customer', name='backtest_outcome_customer_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='policychange',
            constraint=models.CheckConstraint(condition=models.Q(('actor__regex', '^[a-z]+(:[a-zA-Z0-9_]+)?$')), name='policy_change_actor_is_a_word'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policychange',
            trigger=pgtrigger.compiler.Trigger(name='policy_change_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bcde3ef37ea45cb77076199aaab61be5c042c6d6', operation='UPDATE OR DELETE', pgid='pgtrigger_policy_change_never_changes_8b721', table='rewards_policychange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policychange',
            trigger=pgtrigger.compiler.Trigger(name='policy_change_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'rewards_policychange is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='657306521db5010a67d3e39cdc37bb876eb67053', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_policy_change_never_truncated_d53df', table='rewards_policychange', when='BEFORE')),
        ),
    ]
