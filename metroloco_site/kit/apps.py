from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "metroloco_site.kit"
