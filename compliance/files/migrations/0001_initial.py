import compliance.ledger.models.tracked
import compliance.migrating
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
                    name='Blob',
                    fields=[
                        ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='SHA-256')),
                        ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                        ('content_type', models.CharField(max_length=100, verbose_name='content type, as found in the bytes')),
                        ('scan', models.CharField(blank=True, max_length=200, verbose_name='what the virus scanner said')),
                        ('stored_at', models.DateTimeField(auto_now_add=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Disclosure',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('name', models.CharField(max_length=160, verbose_name='file')),
                        ('page', models.CharField(help_text='Name of the page or command it came from.', max_length=80)),
                        ('subject', models.CharField(blank=True, max_length=64, verbose_name='record')),
                        ('asked', models.CharField(blank=True, help_text='What narrowed it down: the query of the address.', max_length=500)),
                        ('size', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='size in bytes')),
                        ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ],
                    options={
                        'verbose_name': 'export',
                    },
                ),
                migrations.CreateModel(
                    name='Incoming',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                        ('name', models.CharField(max_length=255)),
                        ('stamp', models.CharField(blank=True, help_text='What tells a changed file of the same name apart.', max_length=40)),
                        ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                        ('offset', models.PositiveBigIntegerField(default=0, verbose_name='bytes that have arrived')),
                        ('touched_at', models.DateTimeField(auto_now=True)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalDisclosure',
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
                        ('name', models.CharField(max_length=160, verbose_name='file')),
                        ('page', models.CharField(help_text='Name of the page or command it came from.', max_length=80)),
                        ('subject', models.CharField(blank=True, max_length=64, verbose_name='record')),
                        ('asked', models.CharField(blank=True, help_text='What narrowed it down: the query of the address.', max_length=500)),
                        ('size', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='size in bytes')),
                        ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                    ],
                    options={
                        'verbose_name': 'historical export',
                        'verbose_name_plural': 'historical exports',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='files_histo_id_c1e95b_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
