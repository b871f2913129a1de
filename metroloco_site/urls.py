"""All doors: public, teacher, projector, student, administration. `/live/` is the light part's (asgi)."""

from django.contrib import admin
from django.urls import include, path

from metroloco_site.accounts.views import administration_sign_in

urlpatterns = [
    path("", include("metroloco_site.accounts.urls")),
    path("", include("annexes.urls")),
    path("", include("lessons.urls")),
    path("", include("evaluations.urls")),
    path("", include("metroloco_site.packs.urls")),
    path("", include("metroloco_site.privacy.urls")),
    path("", include("metroloco_site.rehearsal.urls")),
    path("", include("metroloco_site.ops.urls")),
    path("admin/login/", administration_sign_in),  # Django's own has no throttle
    path("admin/", admin.site.urls),
]

handler500 = "metroloco_site.kit.machine.failed"
