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
    ]

    operations = [
        compliance.migrating.CreateModels(
            models=[
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                        ('name', models.CharField(max_length=120)),
                        ('job_title', models.CharField(blank=True, max_length=120)),
                        ('is_active', models.BooleanField(default=True)),
                        ('is_operator', models.BooleanField(default=False, help_text='May create organisations on this installation.')),
                        ('password_changed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalUser',
                    fields=[
                        ('entry_stream', models.CharField(db_index=True, max_length=64)),
                        ('entry_role', models.CharField(blank=True, max_length=40)),
                        ('entry_origin', models.CharField(max_length=10)),
                        ('entry_change_set', models.UUIDField()),
                        ('entry_key', models.BinaryField(default=compliance.ledger.models.tracked.new_row_key, max_length=32)),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('email', models.EmailField(db_index=True, max_length=254, verbose_name='e-mail address')),
                        ('name', models.CharField(max_length=120)),
                        ('job_title', models.CharField(blank=True, max_length=120)),
                        ('is_active', models.BooleanField(default=True)),
                        ('is_operator', models.BooleanField(default=False, help_text='May create organisations on this installation.')),
                        ('password_changed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                        ('history_user_id', models.CharField(max_length=64, null=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical user',
                        'verbose_name_plural': 'historical users',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='accounts_hi_id_e332fc_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='SignIn',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('event', models.CharField(choices=[('signed_in', 'Signed in'), ('signed_out', 'Signed out'), ('failed', 'Failed to sign in'), ('factor_failed', 'Failed at the second factor'), ('factor_added', 'Second factor set up'), ('factor_removed', 'Second factor removed'), ('factor_reset', 'Recovery codes made anew'), ('password_changed', 'Password changed'), ('password_reset', 'Password reset by e-mail'), ('codes_saved', 'Recovery codes downloaded')], max_length=20)),
                        ('method', models.CharField(blank=True, max_length=60, verbose_name='with')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'sign-in',
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalSignIn',
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
                        ('event', models.CharField(choices=[('signed_in', 'Signed in'), ('signed_out', 'Signed out'), ('failed', 'Failed to sign in'), ('factor_failed', 'Failed at the second factor'), ('factor_added', 'Second factor set up'), ('factor_removed', 'Second factor removed'), ('factor_reset', 'Recovery codes made anew'), ('password_changed', 'Password changed'), ('password_reset', 'Password reset by e-mail'), ('codes_saved', 'Recovery codes downloaded')], max_length=20)),
                        ('method', models.CharField(blank=True, max_length=60, verbose_name='with')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical sign-in',
                        'verbose_name_plural': 'historical sign-ins',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='accounts_hi_id_1c2052_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
