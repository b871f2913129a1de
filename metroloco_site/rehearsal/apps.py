from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "metroloco_site.rehearsal"
