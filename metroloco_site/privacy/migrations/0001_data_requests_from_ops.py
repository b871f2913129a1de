import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def rename_content_type(apps: Apps, editor: BaseDatabaseSchemaEditor, old: str, new: str) -> None:
    """Its permissions and the administration's log refer to it by number: they follow."""
    types = apps.get_model("contenttypes", "ContentType").objects.using(editor.connection.alias)
    types.filter(app_label=old, model="datarequest").update(app_label=new)


def forwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rename_content_type(apps, editor, "ops", "privacy")


def backwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rename_content_type(apps, editor, "privacy", "ops")


class Migration(migrations.Migration):
    """The table that ops.0001 made, its rows untouched, under the app that looks after it now."""

    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("lessons", "0006_classrun_poster_graded"),
        ("ops", "0002_requests_to_privacy"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="DataRequest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(choices=[("correction", "correction"), ("erasure", "effacement")], max_length=10)),
                        ("text", models.TextField(blank=True, help_text="what is to be corrected")),
                        ("asked_at", models.DateTimeField()),
                        ("state", models.CharField(choices=[("waiting", "attend une réponse"), ("done", "faite"), ("refused", "refusée")], default="waiting", max_length=7)),
                        ("answer", models.TextField(blank=True, help_text="the teacher's; never empty where it is refused")),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("participant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="data_requests", to="lessons.participant")),
                    ],
                    options={
                        "db_table": "ops_datarequest",
                        "ordering": ("asked_at", "pk"),
                        "constraints": [models.UniqueConstraint(condition=models.Q(("state", "waiting")), fields=("participant", "kind"), name="one_waiting_request_of_a_kind")],
                    },
                ),
            ],
        ),
        migrations.RunPython(forwards, backwards),
    ]
