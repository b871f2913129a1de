from django.db import migrations


class Migration(migrations.Migration):
    """The table stays as it is: its model is privacy's from now on (privacy.0001)."""

    dependencies = [("ops", "0001_data_requests")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("DataRequest")]),
    ]
