"""All doors: public, teacher, projector, student, administration. `/live/` is the light part's (asgi)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("metroloco_site.accounts.urls")),
    path("", include("lessons.urls")),
    path("", include("evaluations.urls")),
    path("", include("metroloco_site.ops.urls")),
    path("admin/", admin.site.urls),
]
