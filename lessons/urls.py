"""Names are `app:noun-verb`, paths are French without accents."""

from django.urls import path

from lessons.views import board, copies, people, public, runs, screen, student, tickets

app_name = "lessons"
RUN = "prof/activites/<slug:run>/"
PERSON = RUN + "participants/<slug:participant>/"
STUDENT = "s/<slug:participant>/"

urlpatterns = [
    path("", public.home, name="home-read"),
    path("rejoindre/", public.join_start, name="join-start"),
    path("rejoindre/<slug:code>/", public.join_choose, name="join-choose"),
    path("revenir/", public.come_back, name="come-back"),
    path(STUDENT, student.student_read, name="student-read"),
    path(STUDENT + "enregistrer/", student.answers_save, name="answers-save"),
    path(STUDENT + "termine/", student.sitting_done, name="sitting-done"),
    path(STUDENT + "aide/", student.help_ask, name="help-ask"),
    path(STUDENT + "quitter/", student.seat_leave, name="seat-leave"),
    path("ecran/<slug:key>/", screen.screen_read, name="screen-read"),
    path("ecran/<slug:key>/fragment/", screen.screen_fragment, name="screen-fragment"),
    path("ecran/<slug:key>/video/", screen.video_read, name="video-read"),
    path("ecran/<slug:key>/sous-titres/", screen.subtitles_read, name="subtitles-read"),
    path("prof/", runs.runs_list, name="runs-list"),
    path("prof/mode-discret/", board.discreet_set, name="discreet-set"),
    path("prof/activites/nouvelle/", runs.run_create, name="run-create"),
    path(RUN, board.board_read, name="board-read"),
    path(RUN + "fragment/", board.board_fragment, name="board-fragment"),
    path(RUN + "horloge/", board.clock_act, name="clock-act"),
    path(RUN + "projection/", board.screen_set, name="screen-set"),
    path(RUN + "video/", board.video_edit, name="video-edit"),
    path(RUN + "video/agir/", board.video_act, name="video-act"),
    path(PERSON + "temps/", board.extra_give, name="extra-give"),
    path(RUN + "retards/", board.late_list, name="late-list"),
    path(RUN + "retards/<int:late>/", board.late_decide, name="late-decide"),
    path(RUN + "acces/", runs.access_set, name="access-set"),
    path(RUN + "participants/", people.participants_list, name="participants-list"),
    path(RUN + "participants/ajouter/", people.participant_add, name="participant-add"),
    path(RUN + "billets/", tickets.tickets_create, name="tickets-create"),
    path(RUN + "billets.pdf", tickets.tickets_print, name="tickets-print"),
    path(PERSON, people.participant_edit, name="participant-edit"),
    path(PERSON + "agir/", people.participant_act, name="participant-act"),
    path(PERSON + "reunir/", people.participant_merge, name="participant-merge"),
    path(PERSON + "billet.pdf", tickets.ticket_print, name="ticket-print"),
    path(PERSON + "copie/<int:part>/", copies.copy_write, name="copy-write"),
    path(PERSON + "versions/<int:version>/", copies.version_choose, name="version-choose"),
    path(RUN + "suspendre/", runs.run_suspend, name="run-suspend"),
    path(RUN + "reprendre/", runs.run_unsuspend, name="run-unsuspend"),
    path(RUN + "clore/", runs.run_close, name="run-close"),
    path(RUN + "supprimer/", runs.run_delete, name="run-delete"),
]
