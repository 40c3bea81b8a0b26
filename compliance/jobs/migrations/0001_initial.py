import compliance.migrating
import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        compliance.migrating.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Pulse',
                    fields=[
                        ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.CharField(max_length=60)),
                        ('arguments', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ('key', models.CharField(max_length=200, verbose_name='idempotency key, unique while the job is open')),
                        ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                        ('stage', models.CharField(blank=True, max_length=200, verbose_name='what is being done now')),
                        ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='progress in percent')),
                        ('attempt', models.PositiveIntegerField(default=0, verbose_name='how often a worker took it; also fences off the workers before')),
                        ('worker', models.CharField(blank=True, max_length=200)),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('result', models.JSONField(blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                        ('error', models.TextField(blank=True, verbose_name='why it failed, for the person who asked')),
                        ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['requested_at', 'id'],
                        'indexes': [models.Index(fields=['state', 'lease_until'], name='jobs_state_lease')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('kind', 'key'), name='jobs_one_open_job_per_key'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='jobs_progress_in_percent')],
                    },
                ),
            ],
        ),
    ]
