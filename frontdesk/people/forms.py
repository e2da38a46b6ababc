"""What is typed about people."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User

from frontdesk import words
from frontdesk.people.models import EVERYBODY, Profile, SignInPolicy
from frontdesk.people.roles import Role


class SignInForm(AuthenticationForm):
    """Name and password; a name written with other capitals is the same."""

    def clean_username(self) -> str:
        """As the account has it."""
        typed = str(self.cleaned_data["username"]).strip()
        same = person_named(typed)
        return same.get_username() if same else typed


class PersonForm(forms.Form):
    """Who somebody is, and what they may do."""

    name = forms.CharField(max_length=Profile._meta.get_field("name").max_length)
    title = forms.CharField(max_length=Profile._meta.get_field("role").max_length, required=False)
    email = forms.EmailField(required=False)
    roles = forms.MultipleChoiceField(choices=[(str(role), role.capitalize()) for role in Role])

    def __init__(self, *args: object, **kwargs: object) -> None:
        """See parent class."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # as they came
        self.fields["name"].error_messages["required"] = words.staff("name_needed")
        self.fields["roles"].error_messages["required"] = words.staff("roles_needed")

    def roles_chosen(self) -> list[Role]:
        """Once it is valid."""
        return [Role(value) for value in self.cleaned_data["roles"]]


class PolicyForm(forms.ModelForm):
    """What is asked of who signs in."""

    required_of = forms.MultipleChoiceField(choices=[(EVERYBODY, EVERYBODY), *((str(r), str(r)) for r in Role)], required=False)

    class Meta:
        model = SignInPolicy
        fields = ("required_of", "idle_minutes")


def person_named(username: str) -> User | None:
    """Who signs in with this name, however it is capitalised; the exact one first."""
    alike = list(User.objects.filter(username__iexact=username)[:2])
    exact = [one for one in alike if one.get_username() == username]
    return next(iter(exact or alike), None)
