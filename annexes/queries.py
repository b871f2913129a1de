"""The pictures of a collection, as a page or a document shows them."""

import base64
import re

from django.urls import reverse

from annexes.models import AnnexeImage
from metroloco_site.kit.markdown import Picture

_ADDRESS = re.compile(r'(?<= src=")/images/([0-9a-f]{64})/(?=")')


def pictures(collection_id: int) -> dict[str, Picture]:
    """By the name that Markdown gives them; the bytes stay where they are."""
    images = AnnexeImage.objects.filter(collection_id=collection_id).defer("data")
    return {
        image.slug: Picture(reverse("annexes:picture-read", args=[image.digest]), image.width, image.height)
        for image in images
    }


def embedded(html: str) -> str:
    """The same HTML with its pictures inside: the PDF process opens no address (kit.pdf_child). One query."""
    digests = set(_ADDRESS.findall(html))
    images = AnnexeImage.objects.filter(digest__in=digests) if digests else ()
    inside = {image.digest: _data_url(image) for image in images}
    return _ADDRESS.sub(lambda address: inside.get(address[1], address[0]), html)


def _data_url(image: AnnexeImage) -> str:
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}"
