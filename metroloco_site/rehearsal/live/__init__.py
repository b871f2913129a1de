"""What goes on inside the server by itself: the simulated students of rehearsals."""

from metroloco_site.rehearsal.live.rehearsals import rehearsals

__all__ = ["rehearsals"]
