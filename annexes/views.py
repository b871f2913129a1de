"""The pictures of packs. What depends on a class run belongs to lessons."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annexes.models import AnnexeImage

# The address is the digest of the bytes: what was read there once never changes.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # Should somebody open an SVG as a page of its own: it runs nothing, fetches nothing, belongs to nobody.
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    ),
}


@require_safe
def picture_read(request: HttpRequest, digest: str) -> HttpResponse:
    image = AnnexeImage.objects.filter(digest=digest).first()
    if image is None:
        raise Http404
    return HttpResponse(bytes(image.data), content_type=image.media_type, headers=HEADERS)
