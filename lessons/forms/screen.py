"""What the teacher chooses for the projector: what it shows, its size, the video's file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from lessons.forms.plain_form import PlainForm
from lessons.rules import media


class ScreenForm(forms.Form):
    """One button: « annexe-2 » to show, one screen on or back, or the size. « case-0 » is the card of a list."""

    show = forms.RegexField(
        r"^(code|instruction|annexe|expected|groups|poster|wall|vote|case)-\d{1,3}$", required=False
    )
    card = forms.IntegerField(min_value=1, max_value=999, required=False)
    move = forms.TypedChoiceField(
        choices=[("1", ""), ("-1", "")], coerce=int, required=False, empty_value=None
    )
    zoom = forms.TypedChoiceField(
        choices=[("1", ""), ("-1", "")], coerce=int, required=False, empty_value=None
    )

    def chosen(self) -> tuple[str, int] | None:
        """What to show, and the number of the annexe, question, group or card; None for another button."""
        screen, _, ref = str(self.cleaned_data["show"]).partition("-")
        number = int(ref or 0) or (self.cleaned_data["card"] or 0 if screen == "case" else 0)
        return (screen, number) if screen else None


class VideoForm(PlainForm):
    """Errors say what was wrong with the file; nothing is kept of it."""

    video = forms.FileField(
        label="Fichier de la vidéo",
        help_text=f"MP4 ou WebM, {media.MAX_VIDEO // 1_000_000} Mo au plus.",
        error_messages={"required": "Choisissez le fichier de la vidéo.", "empty": "Ce fichier est vide."},
        widget=forms.FileInput(attrs={"accept": ".mp4,.webm,video/mp4,video/webm"}),
    )
    subtitles = forms.FileField(
        label="Sous-titres",
        required=False,
        help_text="Facultatif mais recommandé : un fichier WebVTT (.vtt).",
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

    def __init__(self, *args: Any, too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_big = too_big

    def clean_video(self) -> "UploadedFile[bytes]":
        sent: UploadedFile[bytes] = self.cleaned_data["video"]
        self.suffix = media.video_suffix(sent.read(media.HEAD))
        sent.seek(0)
        if self.suffix is None:
            raise ValidationError("Ce n’est pas une vidéo MP4 ou WebM. Rien n’a été gardé.")
        return sent

    def clean_subtitles(self) -> "UploadedFile[bytes] | None":
        sent: UploadedFile[bytes] | None = self.cleaned_data["subtitles"]
        if sent is None:
            return None
        if (sent.size or 0) > media.MAX_SUBTITLES or not media.is_webvtt(sent.read()):
            raise ValidationError("Ce n’est pas un fichier de sous-titres WebVTT. Rien n’a été gardé.")
        sent.seek(0)
        return sent

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        sent = data.get("video")
        if self.too_big or (sent is not None and sent.size > media.MAX_VIDEO):
            self.errors.pop("video", None)
            limit = media.MAX_VIDEO // 1_000_000
            self.add_error("video", f"Ce fichier dépasse {limit} Mo. Rien n’a été gardé.")
        return data
