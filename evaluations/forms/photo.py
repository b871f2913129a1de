"""A photograph of a copie papier, as the teacher sends it."""

from lessons.forms.posters import PictureForm
from metroloco_site.kit import images


class PhotoForm(PictureForm):
    """`image` is cleaned to a page that can be read."""

    box = images.PAGE
