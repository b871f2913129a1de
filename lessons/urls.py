"""Names are `app:noun-verb`, paths are French without accents."""

from django.urls import path

from lessons.views import board, public, student, teacher

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
    path("ecran/<slug:key>/", board.screen_read, name="screen-read"),
    path("ecran/<slug:key>/fragment/", board.screen_fragment, name="screen-fragment"),
    path("prof/", teacher.runs_list, name="runs-list"),
    path("prof/activites/nouvelle/", teacher.run_create, name="run-create"),
    path(RUN, board.board_read, name="board-read"),
    path(RUN + "fragment/", board.board_fragment, name="board-fragment"),
    path(RUN + "horloge/", board.clock_act, name="clock-act"),
    path(RUN + "projection/", board.screen_set, name="screen-set"),
    path(RUN + "retards/", board.late_list, name="late-list"),
    path(RUN + "retards/<int:late>/", board.late_decide, name="late-decide"),
    path(RUN + "participants/", teacher.participants_list, name="participants-list"),
    path(RUN + "billets/", teacher.tickets_create, name="tickets-create"),
    path(RUN + "billets.pdf", teacher.tickets_print, name="tickets-print"),
    path(PERSON, teacher.participant_edit, name="participant-edit"),
    path(PERSON + "agir/", teacher.participant_act, name="participant-act"),
    path(RUN + "suspendre/", teacher.run_suspend, name="run-suspend"),
    path(RUN + "reprendre/", teacher.run_unsuspend, name="run-unsuspend"),
    path(RUN + "clore/", teacher.run_close, name="run-close"),
    path(RUN + "supprimer/", teacher.run_delete, name="run-delete"),
]
