from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "metroloco_site.privacy"
