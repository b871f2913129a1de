from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "metroloco_site.accounts"
    verbose_name = "Comptes"
