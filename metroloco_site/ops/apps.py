from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "metroloco_site.ops"

    def ready(self) -> None:
        """An erasure for good reaches the copies that the installation keeps."""
        from metroloco_site.ops.actions import kept  # noqa: PLC0415 - models are there from now on
        from metroloco_site.privacy.actions.erasure import erased  # noqa: PLC0415

        erased.connect(kept.erase_those_of_the_gone)
