"""The closed lists by which the cards of « Ils font autrement » are filtered: a pack uses these words."""

# The six principles of annexe 4 of part 1; a card shows some of them, whether or not its actor is of the ESS.
CASE_VALUES = {
    "free": "Libre adhésion",
    "democracy": "Coopération et démocratie",
    "interest": "Intérêt général ou collectif",
    "people": "Les personnes avant le capital",
    "ownership": "Propriété collective",
    "limited": "Lucrativité limitée ou nulle",
}
CASE_NEEDS = {
    "communicate": "Communiquer",
    "search": "Chercher, s’informer",
    "host": "Héberger des données",
    "organise": "S’organiser",
    "share": "Partager",
    "data": "Décider des données",
    "phone": "Téléphoner",
    "equip": "S’équiper",
    "connect": "Se relier à Internet",
    "deliver": "Livrer",
    "trade": "Vendre en ligne",
    "travel": "Voyager, se déplacer",
    "energy": "S’éclairer, se chauffer",
    "include": "N’exclure personne",
    "design": "Concevoir un site",
    "learn": "Se former",
    "support": "Trouver un coup de main",
    "unite": "S’allier à d’autres",
}
