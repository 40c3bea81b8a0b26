from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('content_type', models.CharField(max_length=100, verbose_name='content type, as found in the bytes')),
                ('stored_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
