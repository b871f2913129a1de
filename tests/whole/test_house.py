"""What holds the house together: sizes, doors, templates, the clock, what is told of people."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from metroloco_site.privacy.queries.your_data import TITLES, told_models
from tests.harness.folders import ROOT

OURS = ("metroloco_site", "annexes", "lessons", "evaluations")
SOURCES = [path for app in OURS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
WRITTEN = [
    *SOURCES,
    *(ROOT / "tests").rglob("*.py"),
    *(path for kind in ("*.js", "*.css") for path in (ROOT / "static").rglob(kind)),
    *(ROOT / "templates").rglob("*.html"),
]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTIONS)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_over_400_lines() -> None:
    long = {name(p): n for p in WRITTEN if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}


def test_no_function_is_over_40_lines_and_no_view_over_15() -> None:
    long: dict[str, int] = {}
    for path in SOURCES:
        limit = 15 if path.parent.name == "views" or path.name == "views.py" else 40
        long |= {f"{name(path)}:{n.name}": length(n) for n in functions(path) if length(n) > limit}
    assert long == {}


def test_nine_functions_in_ten_have_at_most_20_lines() -> None:
    sizes = sorted(length(node) for path in SOURCES for node in functions(path))
    assert sizes[len(sizes) * 9 // 10] <= 20


def test_the_clock_is_read_only_in_views_commands_and_live() -> None:
    reads = re.compile(
        r"\btimezone\.(now|localdate)\(|\bsteady\.now\(|\bdatetime\.(now|today)\(|\bdate\.today\(|\btime\.time\("
    )
    allowed = re.compile(r"(/views\.py|/views/|/management/commands/|/live/)")
    found = [name(p) for p in SOURCES if reads.search(p.read_text()) and not allowed.search(str(p))]
    assert found == []


def test_no_template_is_unused() -> None:
    folder = ROOT / "templates"
    everything = "\n".join(p.read_text() for p in [*SOURCES, *folder.rglob("*.html")])
    by_django = {"400.html", "403.html", "404.html", "500.html", "admin/base_site.html"}
    unused = [
        relative
        for path in folder.rglob("*.html")
        if (relative := str(path.relative_to(folder))) not in by_django
        and not relative.startswith("metroloco/")  # crispy-forms finds its pack by itself
        and f'"{relative}"' not in everything
    ]
    assert unused == []


def test_templates_have_no_inline_script_or_style() -> None:
    bad = re.compile(
        r"<style|\sstyle=|\son(click|change|submit|input|load)=|<script(?![^>]*\bsrc=)", re.IGNORECASE
    )
    found = [
        name(p)
        for p in (ROOT / "templates").rglob("*.html")
        if "pdf" not in p.relative_to(ROOT / "templates").parts and bad.search(p.read_text())
    ]
    assert found == []


def test_no_browser_resets_what_is_written() -> None:
    """WebKit empties every control of a form with autocomplete="off", and an input that has it, when its page comes
    back from the back-forward cache. A textarea or a select may have it; an input that must be forgotten, too.
    """
    forgotten = {"templates/lessons/vote.html"}  # a secret choice, put back by static/js/pages/gallery.js
    off = re.compile(r"""<(form|input)\b[^>]*\bautocomplete="off\"""")
    found = [name(p) for p in (ROOT / "templates").rglob("*.html") if off.search(p.read_text())]
    assert set(found) == forgotten
    codes = re.compile(
        r"""(\w+) = forms\.CharField\((?:(?!forms\.CharField).)*?"autocomplete": "off\"""", re.DOTALL
    )
    inputs = {one for p in SOURCES for one in codes.findall(p.read_text())}
    assert inputs == {"code", "personal_code", "pseudonym"}  # one is a key, the others say who somebody is
    bare = [
        f"{name(p)}: {area[:60]}"
        for app in ("lessons", "evaluations")  # their pages save by themselves
        for p in (ROOT / "templates" / app).rglob("*.html")
        for area in re.findall(
            r"<textarea\b[^>]*>", re.sub(r"{% comment %}.*?{% endcomment %}", "", p.read_text())
        )
        if 'autocomplete="off"' not in area
    ]
    assert bare == []  # a browser would bring an older text back over the one that is stored


def test_every_label_of_a_static_file_is_ours() -> None:
    far = re.compile(r"""(src|href|url\(|import)[^>\n]{0,20}https?://""")
    served = [
        *(ROOT / "templates").rglob("*.html"),
        *(p for k in ("*.css", "*.js") for p in (ROOT / "static").rglob(k)),
    ]
    found = [
        f"{name(p)}: {line.strip()[:80]}"
        for p in served
        for line in p.read_text().splitlines()
        if far.search(line) and "<a " not in line
    ]
    assert found == []


def personal_fields(model: type[models.Model]) -> set[str]:
    """Fields that could say something about a person: everything but keys and inner workings."""
    workings = {
        "ClassRun": {
            "public_id", "lesson", "access_code", "screen_key", "tickets_only", "video_link", "revision", "screen",
            "screen_ref", "screen_page", "screen_zoom", "video_file", "subtitles_file", "created_at", "suspended_at",
            "closed_at", "results_published_at", "self_assessment_at", "poster_graded", "gallery_opened_at",
            "rehearsal_speed", "rehearsal_students", "once", "once_at",
        },
        "Participant": {"public_id", "token_version", "run", "once", "once_at"},
        "Answer": {"field", "revision", "seq", "question", "sitting"},
        "SetAside": {"reason", "seq", "answer"},
        "Sitting": {"phase", "participant"},
        "Assessment": {"criterion", "participant"},
        "SelfAssessment": {"criterion", "participant"},
        "GroupAssessment": {"criterion", "group"},
        "GeneralRemark": {"participant"},
        "CopyPhoto": {"participant", "public_id"},
        "Membership": {"participant"},
        "Separation": {"run"},
        "AnnexeShare": {"group", "participant"},
        "PosterUpdate": {"poster", "number"},
        "PosterWriter": {"poster"},
        "PosterLate": {"poster"},
        "PosterImage": {"poster", "public_id"},
        "BallotVoter": {"participant"},
        "DataRequest": {"participant"},
        "User": {"is_active", "is_staff", "is_superuser", "groups", "user_permissions"},
    }  # fmt: skip
    fields = {f.name for f in model._meta.get_fields() if not f.auto_created and f.concrete}
    return fields - {"id"} - workings.get(model.__name__, set())


def about_people() -> list[type[models.Model]]:
    """Models that lead to a person: those that have a path to User or Participant, and these two."""
    ours = {m for m in apps.get_models() if m.__module__.split(".")[0] in OURS}
    people = {m for m in ours if m.__name__ in {"User", "SignInThrottle"}}
    while True:
        more = {
            m for m in ours - people
            if any(f.related_model in people for f in m._meta.get_fields() if f.many_to_one or f.one_to_one)
        }  # fmt: skip
        if not more:
            return sorted(people, key=lambda m: m.__name__)
        people |= more


def test_every_stored_personal_field_is_told() -> None:
    # The clock of the whole class, what a group or the class owns as a whole, documents made of what is told.
    inner = {"Phase", "PhaseEvent", "Group", "Poster", "PosterState", "Ballot", "BallotTally", "ExportJob"}
    for model in about_people():
        if model.__name__ in inner:
            continue
        told = set(getattr(model, "told", {}))
        assert told == personal_fields(model), model.__name__
        assert model.__name__ in TITLES
    assert {m.__name__ for m in told_models()} == set(TITLES)


def test_no_column_for_what_we_do_not_need() -> None:
    forbidden = re.compile(
        r"(first|last|real|sur|given|family)_?name|e_?mail|gender|sexe?|health|medical|handicap|disab|religion|"
        r"nationality|\bip\b|ip_?addr|remote|user_?agent|browser|device_|fingerprint|birth|\bage\b|phone|street|"
        r"geo|gps|latitude|longitude"
    )
    found = [
        f"{m.__name__}.{f.name}"
        for m in apps.get_models()
        if m.__module__.split(".")[0] in OURS
        for f in m._meta.get_fields()
        if forbidden.search(f.name)
    ]
    assert found == []


def patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in resolver.url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += patterns(entry, here)
        else:
            found.append((here, entry))
    return found


def ours() -> list[tuple[str, URLPattern]]:
    return [(route, p) for route, p in patterns(get_resolver()) if not route.startswith("admin/")]


@pytest.mark.parametrize(("route", "pattern"), ours())
def test_every_address_has_a_door(route: str, pattern: URLPattern) -> None:
    """/prof/ asks for a teacher; public and student addresses that take a POST check the Origin."""
    view = pattern.callback
    if route.startswith("prof/") or route == "deconnexion/":
        assert not getattr(view, "csrf_exempt", False), route
    else:
        assert re.match(
            r"^$|images/|rejoindre/|revenir/|s/|ecran/|connexion/|compte/|favicon|essai/|vos-donnees/|transparence/|access",
            route,
        )


def test_names_of_addresses_follow_the_rule() -> None:
    for route, pattern in ours():
        assert re.fullmatch(r"[a-z]+-[a-z]+", str(pattern.name)), pattern.name
        assert route.isascii()
        assert route == route.lower() or "<" in route


def test_texts_share_nothing_with_the_sources() -> None:
    tool = ROOT.parent / "shared/tools/originality.py"
    if not tool.exists():
        pytest.skip("the source texts are not beside this clone")
    done = subprocess.run(["python3", tool, ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_that_make_installs_or_builds_is_committed() -> None:
    """Wherever a second package.json may stand. An export without git has nothing to look at."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    made = {"node_modules", ".venv", ".bundles", "__pycache__"}
    assert [path for path in listed.splitlines() if made & set(path.split("/"))] == []
