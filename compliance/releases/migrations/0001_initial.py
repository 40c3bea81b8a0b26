import compliance.ledger.models.tracked
import compliance.migrating
import compliance.releases.gates
import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('projects', '0001_initial'),
    ]

    operations = [
        compliance.migrating.CreateModels(
            models=[
                migrations.CreateModel(
                    name='GateDecision',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('gate', models.CharField(choices=compliance.releases.gates.gate_choices, max_length=2)),
                        ('verdict', models.CharField(choices=[('passed', 'Passed'), ('passed_with_deviation', 'Passed with deviation'), ('failed', 'Failed'), ('overridden', 'Overridden')], max_length=21)),
                        ('decided_at', models.DateTimeField()),
                        ('note', models.TextField(verbose_name='what was weighed')),
                        ('deviation', models.TextField(blank=True)),
                        ('findings', models.JSONField(blank=True, default=list)),
                        ('edition', models.CharField(max_length=10)),
                        ('expires_date', models.DateField(blank=True, null=True, verbose_name='counts until')),
                        ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                        ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_decisions', to='projects.release')),
                    ],
                    options={
                        'ordering': ['-decided_at', '-reference'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalGateDecision',
                    fields=[
                        ('entry_stream', models.CharField(db_index=True, max_length=64)),
                        ('entry_role', models.CharField(blank=True, max_length=40)),
                        ('entry_origin', models.CharField(max_length=10)),
                        ('entry_change_set', models.UUIDField()),
                        ('entry_key', models.BinaryField(default=compliance.ledger.models.tracked.new_row_key, max_length=32)),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.CharField(max_length=64, null=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('gate', models.CharField(choices=compliance.releases.gates.gate_choices, max_length=2)),
                        ('verdict', models.CharField(choices=[('passed', 'Passed'), ('passed_with_deviation', 'Passed with deviation'), ('failed', 'Failed'), ('overridden', 'Overridden')], max_length=21)),
                        ('decided_at', models.DateTimeField()),
                        ('note', models.TextField(verbose_name='what was weighed')),
                        ('deviation', models.TextField(blank=True)),
                        ('findings', models.JSONField(blank=True, default=list)),
                        ('edition', models.CharField(max_length=10)),
                        ('expires_date', models.DateField(blank=True, null=True, verbose_name='counts until')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                        ('release', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.release')),
                    ],
                    options={
                        'verbose_name': 'historical gate decision',
                        'verbose_name_plural': 'historical gate decisions',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='releases_hi_id_809aff_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
