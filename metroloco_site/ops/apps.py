from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "metroloco_site.ops"
