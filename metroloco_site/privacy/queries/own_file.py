"""Everything about one participant in one JSON file (RGPD art. 15 and 20): readable by people and by machines."""

import base64
from datetime import datetime

from evaluations.models import CopyPhoto
from lessons.models import Participant, PosterImage
from metroloco_site.privacy.queries.own_rows import OwnRow, copy_photos
from metroloco_site.privacy.queries.your_data import your_data


def own_file(person: Participant, *, now: datetime) -> dict[str, object]:
    """Values as stored: instants in ISO 8601, UTC; images as base64 of their JPEG."""
    return {
        "programme": "Metroloco en classe",
        "lu_le": now,
        "pseudonyme": person.pseudonym,
        "efface_le": person.run.delete_on,
        "donnees": [
            {"quoi": model.title, "lignes": [_row(row) for row in model.rows]}
            for model in your_data(person).own
        ],
        "images": [
            _image(image) for image in PosterImage.objects.filter(participant=person).exclude(file="")
        ],
        "copie_papier": [_image(photo) for photo in copy_photos(person)],
    }


def _row(row: OwnRow) -> dict[str, object]:
    values = {value.field: {"quoi": value.sentence, "valeur": value.plain} for value in row.values}
    return {"nom": row.name, **values} if row.name else dict(values)


def _image(image: PosterImage | CopyPhoto) -> dict[str, object]:
    try:
        with image.file.open("rb") as file:
            held = base64.b64encode(file.read()).decode("ascii")
    except FileNotFoundError:
        held = ""
    return {"ajoutee_le": image.added_at, "type": "image/jpeg", "base64": held}
