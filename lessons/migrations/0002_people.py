"""A number for each participant, and the place into which a duplicate was merged."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def number_those_here(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    participants = apps.get_model("lessons", "Participant").objects
    last: dict[int, int] = {}
    for pk, run in participants.order_by("run_id", "pk").values_list("pk", "run_id"):
        last[run] = last.get(run, 0) + 1
        participants.filter(pk=pk).update(number=last[run])


class Migration(migrations.Migration):
    dependencies = [("lessons", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="merged_into",
            field=models.ForeignKey(
                help_text="the same student's other place, to which this personal code now leads",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="merged",
                to="lessons.participant",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="number",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="order in the activité, from 1; kept"
            ),
        ),
        migrations.RunPython(number_those_here, migrations.RunPython.noop),
    ]
