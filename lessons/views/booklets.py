"""The annexes of a part on paper, for who has no device."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from annexes.queries import embedded
from lessons.queries.content import lesson_content
from lessons.queries.student import annexes_for
from lessons.views.doors import run_of, teacher_only
from metroloco_site.kit import pdf


@teacher_only
@require_safe
def annexes_print(request: HttpRequest, run: str, part: int) -> HttpResponse:
    found = run_of(request, run)
    content = next((p for p in lesson_content(found.lesson_id).parts if p.number == part), None)
    annexes = annexes_for(found, content)
    if not annexes:
        raise Http404
    html = render_to_string("pdf/annexes.html", {"run": found, "part": content, "annexes": annexes})
    return pdf.respond(request, html=embedded(html), filename=f"annexes-partie-{part}.pdf")
