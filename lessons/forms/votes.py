"""A vote, as a page sends it."""

from typing import Any

from django import forms

from lessons.queries.votes import StudentVote

WHICH = "Choisissez une affiche\u00a0: rien n’a été compté."
WHO = "Choisissez qui vote\u00a0: rien n’a été compté."


class VoteForm(forms.Form):
    """`affiche`: the number of the group; `votant`: the member, on a device that a group shares."""

    affiche = forms.IntegerField(error_messages={"required": WHICH, "invalid": WHICH})
    votant = forms.SlugField(required=False, error_messages={"invalid": WHO})

    def __init__(self, page: StudentVote, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["votant"].required = page.shares
        self.fields["votant"].error_messages["required"] = WHO

    def said(self) -> list[str]:
        """The sentences of what is missing."""
        return [str(message) for messages in self.errors.values() for message in messages]
