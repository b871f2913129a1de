from django.urls import path

from annexes import views

app_name = "annexes"
urlpatterns = [path("images/<slug:digest>/", views.picture_read, name="picture-read")]
