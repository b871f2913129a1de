"""Each thing that may be wrong in a pack: the file, the line, and a sentence that names the remedy."""

import re
from pathlib import Path

import pytest
from django.db import models

from annexes.models import Annexe, LexiconEntry, MethodCard
from lessons.models import Criterion, Lesson, Part, Question
from metroloco_site.packs.rules import PackError, PackErrors, read_pack
from metroloco_site.packs.rules.content import ANNEXE_KINDS, PART_KINDS
from tests.harness.packs import Files, changed, small_pack, write

L, P, Q, A, T, M, G = (
    "lesson.md", "parts/1.md", "questions/1-1.md", "annexes/1-1.md", "lexicon/jardin.md", "method/reperer.md",
    "grids/part-1.md",
)  # fmt: skip
FENCE = "---\n\n"
LONG_FRONT = "".join(f"# {n}\n" for n in range(4000))

# file, what stands there, what is put in its place, the line, words of the sentence
EDITS = [
    # keys
    (L, "subtitle:", "subtitel:", 4, "la clé « subtitel » est inconnue : écrivez subtitle"),
    (L, "subtitle:", "subtitel:", 2, "il manque la clé « subtitle » : ajoutez une ligne"),
    (L, "subtitle:", "couleur:", 4, "est inconnue : écrivez slug, title, subtitle, credit, licence ou sources"),
    (L, "title: ", "slug: encore\ntitle: ", 3, "la clé « slug » est là deux fois : gardez-en une"),
    (L, "    link:", "    lien:", 10, "la clé « lien » est inconnue : écrivez link"),
    (Q, "    hint:", "    hints:", 9, "la clé « hints » est inconnue : écrivez hint"),
    (P, "objectives:", "objectifs:", 2, "il manque la clé « objectives »"),
    (G, "    expectation:", "    attente:", 16, "la clé « attente » est inconnue"),
    (G, '    label: "Repérer"\n', "", 14, "il manque la clé « label »"),
    # types
    (L, '"Le jardin partagé"', "[a, b]", 3, "« title » doit avoir une seule valeur, non une liste"),
    (L, '"Le jardin partagé"', "2024", 3, "mettez « 2024 » entre guillemets droits"),
    (L, '"Le jardin partagé"', "2014-07-31", 3, "mettez « 2014-07-31 » entre guillemets droits"),
    (L, '"Le jardin partagé"', "Yes", 3, "mettez « Yes » entre guillemets droits"),
    (L, '"Le jardin partagé"', "", 3, "« title » est vide : donnez une valeur ou retirez la ligne"),
    (L, '"Le jardin partagé"', '"  "', 3, "« title » est vide"),
    (L, '"Le jardin partagé"', "|\n  un\n  deux", 3, "« title » tient sur une seule ligne"),
    (L, '"Le jardin partagé"', r'"\0"', 3, "« title » contient un caractère interdit"),
    (L, '"Le jardin partagé"', r'"\ud800"', 3, "« title » contient un caractère interdit"),
    (L, '"Le jardin partagé"', r'"\U00110000"', 3, "cette valeur ne se lit pas : récrivez-la"),
    (P, "number: 1", 'number: "1"', 2, "« number » doit être un nombre entier de 1 à 99, sans guillemets"),
    (P, "number: 1", "number: 0", 2, "« number » doit être un nombre entier"),
    (P, "number: 1", "number: [1]", 2, "« number » doit avoir une seule valeur, non une liste"),
    (P, "minutes: 15", "minutes: 241", 5, "« minutes » doit être un nombre entier de 1 à 240"),
    (P, "minutes: 15", f"minutes: {'9' * 5000}", 5, "« minutes » doit être un nombre entier"),
    (P, "minutes: 15", "minutes: 1.5", 5, "« minutes » doit être un nombre entier"),
    (P, '  - "Comprendre"', "  []", 6, "« objectives » doit être une liste"),
    (P, 'objectives:\n  - "Comprendre"', "objectives: Comprendre", 6, "« objectives » doit être une liste"),
    (P, '  - "Comprendre"', "  - a: b", 7, "« objectives » doit avoir une seule valeur"),
    (P, '  - "Comprendre"', '  - "x"\n' * 41, 6, "« objectives » a plus de 40 éléments"),
    (Q, "  - key: usages", '  - "autre"\n  - key: usages', 10, "un élément de « fields » n’a pas de clés"),
    (A, "added: true", "added: oui", 9, "« added » doit être true ou false"),
    (A, "added: true", 'added: "true"', 9, "« added » doit être true ou false, sans guillemets"),
    # values
    (P, "kind: individual", "kind: seul", 3, "« kind » vaut « seul » : mettez individual ou group"),
    (A, "kind: text", "kind: texte", 6, "mettez text, video, list, law, picture, tool ou interview"),
    (L, "slug: petite-lecon", "slug: Petite leçon", 2, "« slug » ne convient pas : minuscules sans accent"),
    (Q, "key: usages", "key: les_usages", 10, "« key » ne convient pas"),
    (Q, "key: usages", "key: outils", 10, "« key » vaut « outils » deux fois : changez l’un des deux"),
    (L, '"Un site"', '"un livre"', 9, "« label » vaut « un livre » deux fois"),
    (G, "code: S\n", "code: TI\n", 9, "« code » vaut « TI » deux fois"),
    (G, '"Les outils"', '"Repérer"', 18, "« label » vaut « Repérer » deux fois"),
    (G, '  - code: TI\n    label: "très insuffisant"\n', "", 4, "« levels » a 3 élément(s) : il en faut 4, ni plus"),
    (G, "levels:", 'levels:\n  - code: X\n    label: "x"', 4, "« levels » a 5 élément(s)"),
    (L, "https://example.org/jardin", "javascript:alert(1)", 10, "n’est pas une adresse du web : elle doit"),
    (L, "https://example.org/jardin", "//example.org", 10, "n’est pas une adresse du web"),
    (L, "https://example.org/jardin", "https://exa mple.org", 10, "contient un espace, un guillemet"),
    (L, "https://example.org/jardin", "http://[oups", 10, "cette adresse est mal formée"),
    # file names and other files
    (P, "number: 1", "number: 3", 2, "« number » vaut 3, mais le nom du fichier dit 1 : corrigez l’un ou l’autre"),
    (Q, "part: 1", "part: 2", 2, "« part » vaut 2, mais le nom du fichier dit 1"),
    (T, "part: 1", "part: 7", 2, "la partie 7 n’existe pas : corrigez « part » ou ajoutez parts/7.md"),
    (Q, "verb: reperer", "verb: reperez", 4, "n’a pas de verbe « reperez » : écrivez « reperer »"),
    (Q, "verb: reperer", "verb: juger", 4, "« juger » : corrigez le nom ou ajoutez method/juger.md"),
    ("annexes/1-2.md", "slug: autre-texte", "slug: texte", 4, "« slug » vaut « texte » deux fois"),
    (T, 'term: "Jardin"', 'term: "bêche"', 3, "« term » vaut « bêche » deux fois"),
    (M, 'verb: "Repérer"', 'verb: "Comparer"', 3, "« verb » vaut « Comparer » deux fois"),
    # front matter
    (L, "---\n", "", 1, "le fichier doit commencer par une ligne « --- »"),
    (L, "---\n", "\n---\n", 1, "le fichier doit commencer par une ligne « --- »"),
    (L, "---\n\nB", "B", 1, "il manque la ligne « --- » qui ferme les clés"),
    (T, 'term: "Jardin"\nfull: "Jardin partagé"\n', LONG_FRONT, 1, "les clés dépassent 20000 signes"),
    (T, 'part: 1\nterm: "Jardin"\nfull: "Jardin partagé"\n', "", 1, "il n’y a aucune clé entre les deux lignes"),
    (T, 'part: 1\nterm: "Jardin"\nfull: "Jardin partagé"\n', "- a\n", 2, "il faut une clé par ligne"),
    (T, 'term: "Jardin"', "term: Le mot : un jardin", 3, "il y a un deux-points de trop"),
    (T, 'term: "Jardin"', 'term: "Jardin', 4, "le retrait ou les guillemets ne conviennent pas"),
    (T, 'full: "Jardin partagé"', 'full: "Jardin partagé', 4, "un guillemet droit s’ouvre ici et ne se ferme pas"),
    (T, 'term: "Jardin"', "term:\n\t- a", 4, "une tabulation sert de retrait"),
    (T, 'term: "Jardin"', "term: @jardin", 3, "commence par un signe réservé"),
    (T, 'term: "Jardin"', "term\nautre: 1", 4, "il manque un deux-points après la clé"),
    (T, 'term: "Jardin"', "term: [a", 4, "un crochet ou une accolade ne se ferme pas"),
    (T, 'term: "Jardin"', "term: &a Jardin", 3, "« & », « * » et « ! » sont réservés"),
    (T, 'term: "Jardin"', "term: *a", 3, "« & », « * » et « ! » sont réservés"),
    (T, 'term: "Jardin"', "term: !!str Jardin", 3, "« & », « * » et « ! » sont réservés"),
    (T, 'term: "Jardin"', f"term: {'[' * 5000}", 3, "trop de listes l’une dans l’autre"),
    (T, 'term: "Jardin"', "? [a, b]\n: Jardin", 3, "une clé est un seul mot"),
    (T, 'term: "Jardin"', 'term: "Jardin"\n...\na: b', 4, "une ligne « ... » coupe les clés en deux"),
    (T, 'term: "Jardin"', "%YAML 3.0", 3, "ce YAML ne se lit pas"),
    # characters
    (T, "Un lieu", "Un\0lieu", 7, "un caractère invisible (U+0000) est interdit : effacez-le"),
    (T, "Un lieu", "Un\u202elieu", 7, "un caractère invisible (U+202E) est interdit"),
    (T, '"Jardin"', '"Jar\u2028din"', 3, "un caractère invisible (U+2028) est interdit"),
    (T, "Un lieu", "Un\udce9lieu", 7, "un caractère est illisible : enregistrez le fichier en UTF-8"),
    # Markdown
    (P, "Répondez", "[x](lexique:jardn)", 12, "le lexique n’a pas d’entrée « jardn » : écrivez « jardin »"),
    (P, "Répondez", "a\n[x](lexique:vélo)", 13, "« vélo » : corrigez le nom ou ajoutez lexicon/vélo.md"),
    (P, "app:vos-donnees", "app:admin", 12, "« app:admin » n’existe pas : écrivez app:vos-donnees"),
    (A, "ensemble.", "[x](javascript:alert(1)).", 15, "n’est pas une adresse du web"),
    (A, "ensemble.", "[x](page.html).", 15, "« page.html » n’est pas une adresse du web"),
    (A, "ensemble.", f"[x](https://example.org/{'a' * 400})", 15, "cette adresse a 420 signes, 400 au plus : prenez"),
    (A, "ensemble.", "[x]().", 15, "n’est pas une adresse du web"),
    (A, "ensemble.", "[x][y].\n\n[y]: data:text/html,x", 17, "n’est pas une adresse du web"),
    (A, "ensemble.", "<javascript:alert(1)>", 15, "le HTML serait retiré de la page"),
    (A, "ensemble.", "ensemble.\n\n<script>x</script>", 17, "« <script… » : le HTML serait retiré"),
    (A, "ensemble.", "<br onclick=x>", 15, "« <br… » : le HTML serait retiré"),
    (A, "ensemble.", "<!-- caché -->", 15, "le HTML serait retiré"),
    (A, "ensemble.", "![x](https://example.org/x.png)", 15, "une image s’écrit « ![ce qu’elle montre](image:nom) »"),
    (A, "### Le", "# Le", 13, "un titre commence par « ### »"),
    (A, "ensemble.", "ensemble.\n===", 16, "un titre commence par « ### »"),
    (A, "ensemble.", f"ensemble.\n\n{'>' * 200} x", 17, "plus de 6 citations ou listes l’une dans l’autre"),
    (A, "ensemble.", f"ensemble.\n\n{'- ' * 7} x", 17, "plus de 6 citations ou listes"),
    (A, "ensemble.", f"ensemble.\n\n{' ' * 24}- x", 17, "plus de 6 citations ou listes"),
    (A, "ensemble.", "x" * 30_000, 13, "ce texte a 30"),
    (A, "ensemble.", "\n".join("x" * 2001), 13, "ce texte a plus de 2000 lignes"),
    (A, "ensemble.", "[" * 501, 13, "ce texte a plus de 500 crochets"),
    (A, small_pack()[A].partition(FENCE)[2], "", 11, "il manque le texte de l’annexe"),
    (P, small_pack()[P].partition(FENCE)[2], "", 10, "il manque la consigne"),
]  # fmt: skip
# path, its text or None to take it away, the file named, words of the sentence
FILES = [
    ("notes.txt", "", "notes.txt", "ce nom n’a pas de place ici"),
    ("photos/a.md", "", "photos", "Un paquet contient lesson.md, README.md et les dossiers parts,"),
    ("images/a.md", "", "images/a.md", "Exemple de nom attendu : images/2-2-producteur.svg (ou .png, .jpg)"),
    ("annexes/1-02.md", "", "annexes/1-02.md", "annexes/1-2.md (partie 1, annexe 2)"),
    ("annexes/README.md", "", "annexes/README.md", "Exemple de nom attendu"),
    ("lexicon/Deux mots.md", "", "lexicon/Deux mots.md", "Exemple de nom attendu : lexicon/circuit-court.md"),
    ("grids/1.md", "", "grids/1.md", "Exemple de nom attendu : grids/part-1.md"),
    ("parts/1.md.orig\x1b[31m\n", "", "parts/1.md.orig�[31m�", "ce nom n’a pas de place ici"),
    ("parts/sub/1.md", "", "parts/sub", "ce nom n’a pas de place ici"),
    ("lesson.md", None, "lesson.md", "ce fichier manque : il donne le titre"),
    ("questions/2-1.md", None, "parts/2.md", "cette partie n’a pas de question : ajoutez questions/2-1.md"),
    ("parts/1.md", None, "questions/1-1.md", "la partie 1 n’existe pas"),
    ("lexicon/jardin.md", None, "lesson.md", "le lexique n’a pas d’entrée « jardin »"),
    ("annexes/9-1.md", small_pack()[A].replace("part: 1", "part: 9"), "annexes/9-1.md", "la partie 9 n’existe pas"),
    ("lexicon/long.md", "x" * 200_001, "lexicon/long.md", "ce fichier dépasse 200 ko"),
]  # fmt: skip
COLUMNS: list[tuple[str, str, type[models.Model], str]] = [
    *[(L, key, Lesson, key) for key in ("title", "subtitle", "credit", "licence")],
    (P, "title", Part, "title"),
    (Q, "statement", Question, "statement"),
    *[(A, key, Annexe, key) for key in ("title", "source", "note")],
    *[(T, key, LexiconEntry, key) for key in ("term", "full")],
    *[(M, key, MethodCard, key) for key in ("verb", "definition", "action")],
    *[(G, key, Criterion, column) for key, column in (("group", "group"), ("expectation", "expectation"))],
]


def errors_of(folder: Path, files: Files) -> tuple[PackError, ...]:
    with pytest.raises(PackErrors) as caught:
        read_pack(write(folder, files))
    for error in caught.value.errors:
        assert error.message[0].islower() or error.message[0] == "«", (
            "it goes on after « fichier, ligne 4 : »"
        )
        assert error.message.endswith("."), error
        assert not re.search(r"\x20[:;!?»](\s|$)|«\x20|'", error.message), (
            f"plain space or apostrophe: {error}"
        )
    return caught.value.errors


@pytest.mark.parametrize(("path", "old", "new", "line", "words"), EDITS, ids=lambda value: str(value)[:30])
def test_an_error_names_file_line_and_remedy(
    tmp_path: Path, path: str, old: str, new: str, line: int, words: str
) -> None:
    errors = errors_of(tmp_path, changed(path, old, new))
    told = [str(error) for error in errors]
    assert any(text.startswith(f"{path}, ligne {line} : ") and words in text for text in told), told
    assert {error.file for error in errors} == {path}, "one mistake, one file"


@pytest.mark.parametrize(("path", "text", "named", "words"), FILES, ids=[row[0][:30] for row in FILES])
def test_a_file_out_of_place_or_missing_is_told(
    tmp_path: Path, path: str, text: str | None, named: str, words: str
) -> None:
    files = small_pack()
    if text is None:
        del files[path]
    else:
        files[path] = text
    told = [str(error) for error in errors_of(tmp_path, files)]
    assert any(re.match(rf"{re.escape(named)}(, ligne \d+)? : ", line) and words in line for line in told), (
        told
    )


@pytest.mark.parametrize(("path", "key", "model", "column"), COLUMNS, ids=lambda value: str(value)[-20:])
def test_lengths_are_those_of_the_columns(
    tmp_path: Path, path: str, key: str, model: type[models.Model], column: str
) -> None:
    field = model._meta.get_field(column)
    assert isinstance(field, models.CharField)
    most = field.max_length
    assert most
    text = small_pack()[path]
    line = re.search(rf'^[ -]*{key}: (".*")$', text, re.MULTILINE)
    assert line
    read_pack(write(tmp_path / "fits", changed(path, line[1], f'"{"é" * most}"')))
    errors = errors_of(tmp_path / "long", changed(path, line[1], f'"{"é" * (most + 1)}"'))
    assert [
        f"« {key} » a {most + 1} signes, {most} au plus : raccourcissez." in error.message for error in errors
    ] == [True]


def test_kinds_are_those_of_the_models() -> None:
    assert tuple(Part.Kind.values) == PART_KINDS
    assert tuple(Annexe.Kind.values) == ANNEXE_KINDS


def test_all_errors_are_told_at_once_in_the_order_of_files(tmp_path: Path) -> None:
    files = small_pack()
    files[L] = files[L].replace("subtitle:", "sous-titre:").replace("lexique:jardin", "lexique:rien")
    files[A] = "rien"
    files["zut.md"] = ""
    told = [(error.file, error.line) for error in errors_of(tmp_path, files)]
    assert told == [(A, 1), (L, 2), (L, 4), (L, 13), ("zut.md", 0)]


def test_a_broken_file_does_not_make_others_wrong(tmp_path: Path) -> None:
    files = small_pack() | {P: "rien", M: "rien", T: "rien"}
    assert {error.file for error in errors_of(tmp_path, files)} == {P, M, T}


def test_code_and_allowed_tags_are_left_alone(tmp_path: Path) -> None:
    text = (
        'CO<sub>2</sub>, <abbr title="Économie">ESS</abbr>, `<script>`, 3 < 4, <https://example.org>, '
        '[x](https://example.org/a_(b) "titre"), \\<b>\n\n- - -\n\n> - a\n\n***\n\n| a | b |\n| - | - |\n| 1 | 2 |'
    )
    read_pack(write(tmp_path, changed(A, "ensemble.", text)))


@pytest.mark.parametrize("path", ["lesson.md", "annexes/1-1.md", "annexes", "README.md"])
def test_symbolic_links_are_refused(tmp_path: Path, path: str) -> None:
    folder = write(tmp_path / "pack", small_pack())
    (folder / path).rename(tmp_path / "elsewhere")
    (folder / path).symlink_to(tmp_path / "elsewhere")
    assert f"{path} : c’est un lien symbolique : remplacez-le par le fichier lui-même." in [
        str(error) for error in errors_of(folder, {})
    ]


def test_a_pack_too_big_is_refused_without_being_read(tmp_path: Path) -> None:
    files = small_pack() | {f"lexicon/mot-{n}.md": "x" * 190_000 for n in range(12)}
    assert any("le paquet dépasse 2 Mo" in str(error) for error in errors_of(tmp_path, files))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    files = small_pack() | {f"lexicon/mot-{n}.md": "" for n in range(500)}
    assert any("lexicon : plus de 500 fichiers" in str(error) for error in errors_of(tmp_path, files))


def test_a_folder_that_is_no_pack_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    assert [str(error) for error in errors_of(tmp_path, {})] == [
        f"{tmp_path} : ce dossier n’est pas un paquet : donnez celui qui contient lesson.md."
    ]
    for missing, words in (
        (tmp_path / "nowhere", "n’existe pas"),
        (tmp_path / "photo.jpg", "pas un dossier"),
    ):
        with pytest.raises(PackErrors, match=words):
            read_pack(missing)


def test_a_lesson_without_parts_is_told(tmp_path: Path) -> None:
    told = [str(error) for error in errors_of(tmp_path, {"lesson.md": small_pack()["lesson.md"]})]
    assert "parts : il manque une partie : ajoutez parts/1.md." in told


@pytest.mark.parametrize("name", ["pathlib.Path.read_bytes", "os.scandir"])
def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = write(tmp_path, small_pack())

    def closed(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(name, closed)  # chmod would stop nobody who is root
    with pytest.raises(PackErrors, match="ne se laisse pas lire\u00a0: vérifiez ses droits d’accès"):
        read_pack(folder)
