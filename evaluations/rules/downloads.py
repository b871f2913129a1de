"""What « Documents à télécharger » offers."""

from dataclasses import dataclass

PDF, ZIP = "application/pdf", "application/zip"


@dataclass(frozen=True)
class Kind:
    """`unit` is what its progress counts, singular and plural; `empty` says why there may be none yet."""

    slug: str
    title: str
    text: str
    suffix: str
    unit: str
    empty: str

    @property
    def content_type(self) -> str:
        return ZIP if self.suffix == "zip" else PDF


_NO_COPY = "Aucune copie pour l’instant."
KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "fiches",
            "Toutes les fiches d’évaluation",
            "Un seul PDF, à imprimer d’un coup\u202f; un signet par élève.",
            "pdf",
            "fiche,fiches",
            _NO_COPY,
        ),
        Kind(
            "fiches-separees",
            "Une fiche par fichier",
            "Une archive ZIP avec un PDF par élève, pour les remettre un par un.",
            "zip",
            "fiche,fiches",
            _NO_COPY,
        ),
        Kind(
            "affiches",
            "Toutes les affiches",
            "Un PDF au format A3, une page par groupe.",
            "pdf",
            "affiche,affiches",
            "Aucune affiche pour l’instant\u00a0: elles paraissent avec les groupes.",
        ),
        Kind(
            "annexes",
            "Le livret des annexes",
            "Les annexes et le lexique de toutes les parties, pour qui n’a pas d’appareil.",
            "pdf",
            "partie,parties",
            "Cette leçon n’a pas d’annexe.",
        ),
        Kind(
            "feuilles",
            "Des feuilles de réponse",
            "Les questions avec des lignes pour écrire à la main.",
            "pdf",
            "partie,parties",
            "Cette leçon n’a pas de question à traiter seul.",
        ),
        Kind(
            "cadres",
            "Un cadre d’affiche",
            "Une page A3 avec les questions et la place d’y répondre, pour un groupe sans appareil.",
            "pdf",
            "partie,parties",
            "Cette leçon n’a pas de partie en groupe.",
        ),
    )
}
