"""What the students of the bench write: 150 words that grow and change a little each time."""

_WORDS = (
    "la restauration durable propose un repas local préparé avec des produits de saison achetés aux "
    "coopératives voisines et servi dans un lieu partagé où chaque personne compte pour une voix"
).split()


def text(student: int, save: int, words: int = 150) -> str:
    """`words` words and one more for each save; no two are alike."""
    body = " ".join(_WORDS[(student + index) % len(_WORDS)] for index in range(words + save))
    return f"Élève {student}, état {save}. {body}"
