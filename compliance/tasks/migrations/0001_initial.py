import compliance.ledger.models.tracked
import compliance.migrating
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
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
                    name='HistoricalTask',
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
                        ('title', models.CharField(max_length=200)),
                        ('detail', models.TextField(blank=True)),
                        ('due_date', models.DateField(verbose_name='due')),
                        ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='open', editable=False, max_length=10)),
                        ('outcome', models.TextField(blank=True, editable=False, help_text='What was done, or why it is not done.')),
                        ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                        ('source_url', models.CharField(blank=True, help_text='The page in Assay this is about, beginning with /.', max_length=300, verbose_name='belongs to')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                    ],
                    options={
                        'verbose_name': 'historical task',
                        'verbose_name_plural': 'historical tasks',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='tasks_histo_id_560561_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Task',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('title', models.CharField(max_length=200)),
                        ('detail', models.TextField(blank=True)),
                        ('due_date', models.DateField(verbose_name='due')),
                        ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='open', editable=False, max_length=10)),
                        ('outcome', models.TextField(blank=True, editable=False, help_text='What was done, or why it is not done.')),
                        ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                        ('source_url', models.CharField(blank=True, help_text='The page in Assay this is about, beginning with /.', max_length=300, verbose_name='belongs to')),
                        ('assignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ],
                    options={
                        'ordering': ['due_date', 'reference'],
                        'indexes': [models.Index(fields=['assignee', 'state', 'due_date'], name='tasks_task_mine'), models.Index(fields=['organisation', 'state', 'due_date'], name='tasks_task_organisation')],
                    },
                ),
                migrations.CreateModel(
                    name='MailPreference',
                    fields=[
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='mail_preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                        ('digest', models.CharField(choices=[('daily', 'Every day'), ('weekly', 'Once a week'), ('never', 'Never')], default='daily', max_length=6, verbose_name='tell me by mail')),
                        ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, verbose_name='once a week on')),
                        ('hour', models.PositiveSmallIntegerField(choices=[(0, '00:00'), (1, '01:00'), (2, '02:00'), (3, '03:00'), (4, '04:00'), (5, '05:00'), (6, '06:00'), (7, '07:00'), (8, '08:00'), (9, '09:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=7, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='from')),
                        ('quiet_from', models.PositiveSmallIntegerField(choices=[(0, '00:00'), (1, '01:00'), (2, '02:00'), (3, '03:00'), (4, '04:00'), (5, '05:00'), (6, '06:00'), (7, '07:00'), (8, '08:00'), (9, '09:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=20, verbose_name='quiet from')),
                        ('quiet_until', models.PositiveSmallIntegerField(choices=[(0, '00:00'), (1, '01:00'), (2, '02:00'), (3, '03:00'), (4, '04:00'), (5, '05:00'), (6, '06:00'), (7, '07:00'), (8, '08:00'), (9, '09:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=6, verbose_name='quiet until')),
                        ('zone', models.CharField(default='Europe/Berlin', max_length=40, verbose_name='time zone')),
                        ('calendar_sha256', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=64)),
                        ('calendar_since', models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalReminderRun',
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
                        ('on_date', models.DateField(verbose_name='day')),
                        ('ran_at', models.DateTimeField(verbose_name='last run')),
                        ('due', models.PositiveIntegerField(default=0, verbose_name='falls due')),
                        ('overdue', models.PositiveIntegerField(default=0)),
                        ('digests', models.PositiveIntegerField(default=0, verbose_name='digests mailed')),
                        ('urgent', models.PositiveIntegerField(default=0, verbose_name='mails that could not wait')),
                        ('escalated', models.PositiveIntegerField(default=0)),
                        ('failed', models.PositiveIntegerField(default=0, verbose_name='mails that failed')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.organisation')),
                    ],
                    options={
                        'verbose_name': 'historical reminder run',
                        'verbose_name_plural': 'historical reminder runs',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='tasks_histo_id_c317a7_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='MailSent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('digest', 'Digest'), ('urgent', 'Cannot wait'), ('escalation', 'Escalation')], max_length=10)),
                        ('about', models.CharField(blank=True, max_length=400)),
                        ('step', models.PositiveSmallIntegerField(default=0)),
                        ('lines', models.PositiveIntegerField(default=1)),
                        ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.organisation')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-sent_at'],
                        'indexes': [models.Index(fields=['user', 'kind', 'sent_at'], name='tasks_mail_sent')],
                    },
                ),
                migrations.CreateModel(
                    name='ReminderRun',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('on_date', models.DateField(verbose_name='day')),
                        ('ran_at', models.DateTimeField(verbose_name='last run')),
                        ('due', models.PositiveIntegerField(default=0, verbose_name='falls due')),
                        ('overdue', models.PositiveIntegerField(default=0)),
                        ('digests', models.PositiveIntegerField(default=0, verbose_name='digests mailed')),
                        ('urgent', models.PositiveIntegerField(default=0, verbose_name='mails that could not wait')),
                        ('escalated', models.PositiveIntegerField(default=0)),
                        ('failed', models.PositiveIntegerField(default=0, verbose_name='mails that failed')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.organisation')),
                    ],
                    options={
                        'ordering': ['-on_date'],
                        'constraints': [models.UniqueConstraint(fields=('organisation', 'on_date'), name='tasks_run_once_a_day')],
                    },
                ),
            ],
        ),
    ]
