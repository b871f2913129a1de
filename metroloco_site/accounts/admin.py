"""The administrator creates, disables and resets accounts, and sees no class data."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest

from metroloco_site.accounts.models import User

admin.site.unregister(Group)
admin.site.site_header = "Metroloco en classe : comptes"
admin.site.site_title = "Comptes"
admin.site.index_title = "Comptes des enseignants"
admin.site.site_url = "/prof/"


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]  # django-stubs: generic only for type checkers
    """An account is disabled, not deleted: Django's page before a deletion would list its classes by name."""

    list_display = ("username", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username",)
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Droits", {"fields": ("is_active", "is_staff")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:  # noqa: FBT001 - Django's
        obj.is_superuser = obj.is_staff  # one right, one box
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: User, message: object) -> None:  # type: ignore[override]
        """No journal of who did what: Django's rows would outlive the account that they name."""

    def log_change(self, request: HttpRequest, obj: User, message: object) -> None:  # type: ignore[override]
        """The same."""
