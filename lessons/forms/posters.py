"""Images of a poster, as a member sends them; the sizes that a teacher prints."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from lessons.queries.poster_sheet import Zone
from metroloco_site.kit import images

NO_PLACE = "Choisissez la place de l’image sur l’affiche. Rien n’a été gardé."


class PictureForm(forms.Form):
    """Its errors say what was wrong with the file; nothing is kept of it."""

    box = images.BOX
    image = forms.FileField(
        error_messages={"required": "Choisissez une image.", "empty": "Ce fichier est vide."}
    )

    def __init__(self, *args: Any, too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_big = too_big

    def clean_image(self) -> images.Picture:
        sent: UploadedFile[bytes] = self.cleaned_data["image"]
        if (sent.size or 0) > images.MAX_BYTES:
            raise ValidationError(images.TOO_BIG)
        try:
            return images.clean(sent.read(), self.box)
        except images.Refused as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        if self.too_big:
            self.errors.clear()
            raise ValidationError(images.TOO_BIG)
        return super().clean() or {}

    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])


class ImageForm(PictureForm):
    """An image of a poster, with its place on it."""

    bloc = forms.ChoiceField(error_messages={"required": NO_PLACE, "invalid_choice": NO_PLACE})
    field_order = ("bloc", "image")

    def __init__(self, *args: Any, zones: tuple[Zone, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bloc"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(zone.key, zone.heading) for zone in zones]


class PaperForm(forms.Form):
    """« ?papier=A4 »; A3 where nothing known is asked for."""

    papier = forms.ChoiceField(choices=[("A3", "A3"), ("A4", "A4")], required=False)

    @property
    def paper(self) -> str:
        return str(self.cleaned_data["papier"] or "A3") if self.is_valid() else "A3"
