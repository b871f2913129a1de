from django.apps import AppConfig


class AnnexesConfig(AppConfig):
    name = "annexes"
