from django.apps import AppConfig
from django.db.models.signals import post_delete


class OpsConfig(AppConfig):
    name = "metroloco_site.ops"

    def ready(self) -> None:
        """Whatever erases somebody, the teacher's button too, reaches the copies that the installation keeps."""
        from lessons.models import ClassRun, Participant  # noqa: PLC0415 - models are there from now on
        from metroloco_site.ops.actions import kept  # noqa: PLC0415

        for model in (ClassRun, Participant):
            post_delete.connect(kept.somebody_is_gone, sender=model)
