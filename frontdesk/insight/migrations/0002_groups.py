from django.db import migrations, models


def look_at_what_was_not_understood(apps, schema_editor):
    """The worker writes summaries anew that are due, and with them which messages were not understood."""
    summaries = apps.get_model("review", "Summary").objects
    conversations = apps.get_model("conversations", "Conversation").objects
    conversations.filter(pk__in=summaries.filter(not_understood=True).values("conversation_id")).update(summary_due=True)
    conversations.filter(pk__in=summaries.filter(corrected=True).values("conversation_id")).update(summary_due=True)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0003_summary_due"),
        ("insight", "0001_initial"),
        ("review", "0002_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Miss",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="miss",
                        serialize=False,
                        to="conversations.message",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("vector", models.BinaryField(null=True)),
                ("encoder", models.CharField(blank=True, default="", max_length=64)),
                (
                    "centre",
                    models.ForeignKey(null=True, on_delete=models.deletion.SET_NULL, related_name="members", to="insight.miss"),
                ),
            ],
            options={"indexes": [models.Index(fields=["at", "centre"], name="misses_by_time")]},
        ),
        migrations.RunPython(look_at_what_was_not_understood, migrations.RunPython.noop),
    ]
