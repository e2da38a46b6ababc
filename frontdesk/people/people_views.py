"""Who works here, for administrators: invited, changed, switched off; and what is asked of everybody who signs in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from frontdesk import environment, words
from frontdesk.people import services
from frontdesk.people.access import needs, person
from frontdesk.people.forms import PersonForm, PolicyForm
from frontdesk.people.models import EVERYBODY
from frontdesk.people.roles import Right, Role, roles_given
from frontdesk.people.selectors import has_second_factor, name_of, people, policy, profile_of

LINK_FOR = "link_for"  # in a session: whose new link the next page shows, once


@needs(Right.PEOPLE)
def people_page(request: HttpRequest) -> HttpResponse:
    """Everybody, and what is asked of them."""
    return _people(request, PolicyForm(instance=policy()))


@needs(Right.PEOPLE)
@require_POST
def set_policy(request: HttpRequest) -> HttpResponse:
    """Of whom a second factor is required, and when a session ends."""
    form = PolicyForm(request.POST, instance=policy())
    if not form.is_valid():
        return _people(request, form)
    required_of = form.cleaned_data["required_of"]
    services.policy_set(person(request), required_of=required_of, idle_minutes=form.cleaned_data["idle_minutes"])
    messages.success(request, words.staff("policy_saved"))
    return redirect("people")


@needs(Right.PEOPLE)
def invite(request: HttpRequest) -> HttpResponse:
    """A new person."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = services.person_invite(person(request), **_given(form))
        names = {"name": name_of(user), "username": user.get_username()}
        messages.success(request, words.staff("person_invited", **names))
        return _with_link(request, user)
    typed = {"form": form, "typed": request.POST, **_choices(request.POST.getlist("roles"))}
    return render(request, "desk/people/invite.html", typed)


@needs(Right.PEOPLE)
def person_page(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: who they are, what they may do, how they come in."""
    user = get_object_or_404(User.objects.select_related("profile"), pk=user_id)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.person_change(person(request), user, **_given(form))
        except services.LastAdministrator:
            messages.error(request, words.staff("last_administrator"))
        else:
            messages.success(request, words.staff("person_saved"))
        return redirect("person", user_id)
    profile = profile_of(user)
    kept = {"name": profile.name, "title": profile.role, "email": user.email}
    roles = request.POST.getlist("roles") if form.is_bound else list(map(str, roles_given(user)))
    shows_link = request.method == "GET" and request.session.get(LINK_FOR) == user_id
    if shows_link:
        del request.session[LINK_FOR]
    return render(
        request,
        "desk/people/person.html",
        {
            "form": form,
            "someone": user,
            "name": profile.name,
            "typed": request.POST if form.is_bound else kept,
            "has_factor": has_second_factor(user),
            "link": services.sign_in_link(user) if shows_link else "",
            "has_mail": bool(environment.SMTP_HOST),
            "is_oneself": user.pk == person(request).pk,
            **_choices(roles),
        },
    )


@needs(Right.PEOPLE)
@require_POST
def new_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """For who has forgotten the password, or did not use the first link in time."""
    user = get_object_or_404(User, pk=user_id, is_active=True)
    services.link_make(person(request), user)
    return _with_link(request, user)


@needs(Right.PEOPLE)
@require_POST
def switch_off(request: HttpRequest, user_id: int) -> HttpResponse:
    """Nobody comes in as this person any more."""
    user = get_object_or_404(User, pk=user_id)
    try:
        count = services.person_switch_off(person(request), user)
    except services.LastAdministrator:
        messages.error(request, words.staff("last_administrator"))
    except services.Oneself:
        messages.error(request, words.staff("oneself"))
    else:
        said = "person_off_put_back" if count else "person_off"
        messages.success(request, words.staff(said, name=name_of(user), count=str(count)))
    return redirect("person", user_id)


@needs(Right.PEOPLE)
@require_POST
def switch_on(request: HttpRequest, user_id: int) -> HttpResponse:
    """The person can sign in again."""
    user = get_object_or_404(User, pk=user_id)
    services.person_switch_on(person(request), user)
    messages.success(request, words.staff("person_on", name=name_of(user)))
    return redirect("person", user_id)


@needs(Right.PEOPLE)
@require_POST
def take_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """For who has lost the phone and the recovery codes."""
    user = get_object_or_404(User, pk=user_id)
    services.second_factor_remove(person(request), user)
    messages.success(request, words.staff("factor_taken", name=name_of(user)))
    return redirect("person", user_id)


def _people(request: HttpRequest, form: PolicyForm) -> HttpResponse:
    everybody = people()
    chosen = request.POST.getlist("required_of") if form.is_bound else form.instance.required_of
    return render(
        request,
        "desk/people/people.html",
        {
            "rows": [(one, name_of(one), sorted(roles_given(one))) for one in everybody],
            "form": form,
            "everybody": EVERYBODY,
            "required_of": chosen,
            "idle_minutes": form.data.get("idle_minutes") if form.is_bound else form.instance.idle_minutes,
            "roles": list(map(str, Role)),
        },
    )


def _with_link(request: HttpRequest, user: User) -> HttpResponse:
    """To the person's page, which shows a new link once; sent by e-mail too, where that can be."""
    request.session[LINK_FOR] = user.pk
    if user.email and environment.SMTP_HOST:
        went = services.link_send(user, services.sign_in_link(user))
        told = words.staff("link_sent" if went else "link_not_sent", email=user.email)
        messages.add_message(request, messages.SUCCESS if went else messages.ERROR, told)
    return redirect("person", user.pk)


def _given(form: PersonForm) -> dict[str, Any]:
    return {
        "name": form.cleaned_data["name"].strip(),
        "title": form.cleaned_data["title"].strip(),
        "email": form.cleaned_data["email"],
        "roles": form.roles_chosen(),
    }


def _choices(chosen: list[str]) -> dict[str, Any]:
    """The roles, with what each may do, and which are chosen."""
    return {"role_choices": [(str(role), words.staff(f"right_{role}"), str(role) in chosen) for role in Role]}
