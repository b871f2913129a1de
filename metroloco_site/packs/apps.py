from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "metroloco_site.packs"
