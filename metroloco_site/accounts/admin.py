"""The administrator creates, disables and resets accounts, and sees no class data."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group

from metroloco_site.accounts.models import User

admin.site.unregister(Group)
admin.site.site_header = "Metroloco en classe : comptes"
admin.site.site_title = "Comptes"
admin.site.index_title = "Comptes des enseignants"


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]  # django-stubs: generic only for type checkers
    list_display = ("username", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username",)
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Droits", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)
