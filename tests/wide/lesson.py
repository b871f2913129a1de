"""The lesson as it is lived, by hands that every engine has: the teacher, the projector and two students."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.server import Server
from tests.wide.devices import Device

PASSWORD = "sable chaud et marée haute"
ONE_LINE = 60  # px
LONG = "Une phrase de plus pour la réponse. " * 24
SAVED = r"/^Enregistré à \d+\sh\s\d\d\smin\s\d\d\ss$/"


@dataclass
class Class:
    server: Server
    teacher: Device
    projector: Device
    ann: Device
    bob: Device
    run: str = ""


def is_saved(student: Device, field: str) -> None:
    student.sees(f"{SAVED}.test(document.querySelector('[data-field=\"{field}\"] .saved').innerText.trim())")


def is_writable(student: Device, field: str, *, now: bool) -> None:
    student.sees(f"document.querySelector('#{field}').readOnly === {'false' if now else 'true'}")


def holds(device: Device, field: str, text: str) -> None:
    device.sees(f"document.querySelector('#{field}')?.value === {text!r}")


def at_top(device: Device) -> None:
    device.sees("scrollY === 0")


def make_activity(server: Server, teacher: Device, projector: Device) -> tuple[str, str]:
    """The first account and a new activité: the board's address and the code, which the projector shows."""
    match = re.search(r"/compte/premier/\S+", server.log)
    assert match, server.log
    teacher.go(server.url + match[0])
    teacher.fill("Nom de compte", "colette")
    teacher.fill("Mot de passe", PASSWORD)
    teacher.fill("Mot de passe, une seconde fois", PASSWORD)
    teacher.click("button", "Créer le compte")
    teacher.reads("Mes activités")
    teacher.click("a", "Nouvelle activité")
    teacher.fill("Nom de l’activité", "Seconde 4, jeudi")
    teacher.shot(f"{teacher.name}-nouvelle")
    teacher.click("button", "Créer l’activité")
    teacher.sees("document.querySelector('#tableau')")
    code = re.sub(r"\s", "", teacher.text(".remote .code"))
    projector.go(str(teacher.js("document.querySelector('a[href*=\"/ecran/\"]').href")))
    projector.sees(f"document.querySelector('.screen-code').innerText.replace(/\\s/g, '') === '{code}'")
    return str(teacher.js("location.href")), code


def join(server: Server, student: Device, code: str, name: str) -> None:
    student.go(server.url)
    student.shot(f"{student.name}-accueil")
    student.fill("Code d’accès", code.lower())
    student.click("button", "Rejoindre")
    student.reads("Ou écrivez-en un")
    student.fill("Votre pseudonyme", name)
    student.click("button", "Rejoindre")
    student.reads(f"Vous êtes là, {name}")


def write_alone(lesson: Class) -> None:
    """Part 1: saved while typing, pause, help, done, a long answer that grows, the bell."""
    teacher, ann, bob = lesson.teacher, lesson.ann, lesson.bob
    teacher.click("button", "Démarrer la partie 1")
    for student in (ann, bob):
        student.sees("document.querySelector('#q1-reponse')")
    lesson.projector.sees("/1[45]:\\d\\d/.test(document.querySelector('.big-clock').innerText)")
    lesson.projector.shot(f"{lesson.projector.name}-consigne")
    ann.type("#q1-reponse", "Donner un « travail » aux jeunes : l’œuvre de tous.")
    is_saved(ann, "q1-reponse")
    ann.shot(f"{ann.name}-ecrit")
    assert ann.js("document.querySelector('.topline-row').offsetHeight") < ONE_LINE, (
        "the header takes a line more"
    )
    grows(bob)
    teacher.click("button", "Pause")
    ann.reads("Le temps est arrêté")
    is_writable(ann, "q1-reponse", now=False)
    teacher.click("button", "Reprendre")
    is_writable(ann, "q1-reponse", now=True)
    teacher.click("button", "+1 min")
    ann.sees("/1[56]:\\d\\d/.test(document.querySelector('.time-figure').innerText)")
    ann.click("button", "Demander de l’aide")
    ann.reads("Aide demandée", ".finish")
    teacher.sees("document.querySelector('.tile[data-state=help]')")
    ann.click("button", "Aide demandée")
    ann.reads("Demander de l’aide", ".finish")
    ann.click("button", "J’ai terminé")
    ann.reads("Je n’ai pas fini", ".finish")
    teacher.sees("document.querySelector('.tile[data-state=done]')")
    teacher.shot(f"{teacher.name}-tableau")
    bob.js("scrollTo(0, document.body.scrollHeight)")
    teacher.click("summary", "Terminer la partie")
    teacher.click("button", "Terminer")
    ann.reads("Vos réponses sont relevées")
    bob.reads("Vos réponses sont relevées")
    at_top(bob)
    teacher.click("button", "Correction, question 1")
    lesson.projector.reads("Éléments attendus", "body")


def grows(student: Device) -> None:
    """The field is as high as its text, up to 32 rem, and the text is whole."""
    student.type("#q2-critere-1", LONG)
    student.sees(
        "((area) => area.clientHeight >= Math.min(area.scrollHeight, 500) && area.clientHeight > 300)"
        "(document.querySelector('#q2-critere-1'))"
    )
    is_saved(student, "q2-critere-1")
    assert student.value("#q2-critere-1") == LONG


def write_together(lesson: Class) -> None:
    """Part 2: groups are drawn, a text is written by two, the sheet shows it, the bell freezes it."""
    teacher, ann, bob = lesson.teacher, lesson.ann, lesson.bob
    teacher.go(lesson.run)
    teacher.click("a", "former les groupes")
    teacher.click("button", "Tirer les groupes au sort")
    teacher.reads("Groupe 1")
    teacher.go(lesson.run)
    teacher.click("button", "Démarrer la partie 2")
    for student in (ann, bob):
        student.reads("Groupe 1", "body")
        student.click("[role=tab]", "Écrire")
        is_writable(student, "q1-mecanismes", now=True)
    ann.type("#titre", "Nos données")
    ann.type("#q1-mecanismes", "Une fiche Google. ")
    holds(bob, "q1-mecanismes", "Une fiche Google. ")
    bob.click("#q1-mecanismes")
    bob.js("document.activeElement.setSelectionRange(99, 99)")
    bob.keys("Des cookies.")
    for student in (ann, bob):
        holds(student, "q1-mecanismes", "Une fiche Google. Des cookies.")
        holds(student, "titre", "Nos données")
    bob.sees("document.querySelector('#etat-affiche .saved').dataset.state === 'saved'")
    ann.click("[role=tab]", "Feuille")
    ann.sees("[...document.querySelectorAll('#feuille textarea')].some((one) => one.value === 'Nos données')")
    ann.shot(f"{ann.name}-feuille")
    teacher.click("summary", "Terminer la partie")
    teacher.click("button", "Terminer")
    ann.reads("Votre affiche est relevée")


def grade(teacher: Device, run: str, name: str) -> None:
    """Keys 1-4 alone; each level is stored."""
    teacher.go(run)
    teacher.click("a", "Fiches d’évaluation")
    teacher.click("table a", name)
    teacher.sees("document.querySelectorAll('fieldset.criterion').length === 5")
    teacher.shot(f"{teacher.name}-evaluation")
    for key in "4321":
        teacher.press(key)
    teacher.sees(
        "document.querySelectorAll('fieldset.criterion input:checked:not([value=\"\"])').length === 4"
    )
    teacher.sees("/Enregistré à/.test(document.querySelector('.next-copy .saved').innerText)")
    teacher.go(str(teacher.js("location.href.split('#')[0]")))
    levels = (
        "[...document.querySelectorAll('fieldset.criterion input:checked')].map((one) => one.value).join()"
    )
    teacher.sees(f"{levels} === '4,3,2,1,'")


def read_and_end(lesson: Class, name: str) -> None:
    """Published, read by the student; the activité is closed and deleted."""
    teacher, ann = lesson.teacher, lesson.ann
    teacher.go(lesson.run)
    teacher.click("a", "Fiches d’évaluation")
    teacher.click("summary", "Publier les évaluations")
    teacher.click("button", "Publier les évaluations")
    teacher.reads("Masquer aux élèves")
    ann.click("a", "Voir ma fiche d’évaluation")
    ann.reads("Repérer")
    ann.shot(f"{ann.name}-fiche")
    teacher.go(lesson.run)
    teacher.click("a", "Clore l’activité")
    teacher.click("button", "Clore l’activité")
    teacher.reads("Activité close", "body")
    ann.go(f"{lesson.server.url}/vos-donnees/")
    ann.reads(name)
    teacher.go(lesson.run)
    teacher.click("a", "Supprimer l’activité")
    teacher.click("button", "Supprimer pour de bon")
    teacher.reads("effac", "body")


def live(server: Server, engine: str, open_device: Callable[[str], Device]) -> None:
    """From the first account to the deletion, in one engine; pictures at 1280 and 360 px."""
    teacher, projector, ann, bob = (open_device(f"{engine}-{who}") for who in ("prof", "ecran", "ann", "bob"))
    lesson = Class(server, teacher, projector, ann, bob)
    lesson.teacher.resize(1280, 720)
    lesson.projector.resize(1280, 720)
    lesson.ann.resize(360, 740)
    lesson.bob.resize(1280, 720)
    lesson.run, code = make_activity(server, lesson.teacher, lesson.projector)
    join(server, lesson.ann, code, "Voilier bleu")
    join(server, lesson.bob, code, "Boussole 7")
    write_alone(lesson)
    write_together(lesson)
    grade(lesson.teacher, lesson.run, "Voilier bleu")
    read_and_end(lesson, "Voilier bleu")
