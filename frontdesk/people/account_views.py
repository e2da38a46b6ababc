"""The own account: password, second factor, and where one is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from frontdesk import words
from frontdesk.audit.services import note
from frontdesk.clinic.models import Clinic
from frontdesk.people import lockout, second_factor, services
from frontdesk.people.access import person, signed_in
from frontdesk.people.roles import roles_of
from frontdesk.people.selectors import has_second_factor, policy, profile_of, second_factor_is_due
from frontdesk.people.views import locked_out

BEGUN = "second_factor_begun"  # in a session: the secret of an app that has not shown a right code yet


@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what can be changed."""
    return _account(request, PasswordChangeForm(person(request)))


@signed_in
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, for who knows the present one; ends the sessions elsewhere."""
    user = person(request)
    key = [lockout.key_for_password(user)]
    until = lockout.try_begin(key, user)
    if until is not None:
        messages.error(request, locked_out(until))
        return redirect("account")
    form = PasswordChangeForm(user, request.POST)
    is_valid = form.is_valid()
    if "old_password" not in form.errors:
        lockout.try_succeeded(key)
    if not is_valid:
        return _account(request, form)
    form.save()
    update_session_auth_hash(request, user)
    note(user, "password_changed")
    messages.success(request, words.staff("password_changed"))
    return redirect("account")


@signed_in
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Sets up an authenticator app: its secret as a picture and in letters, then a code as proof; gives recovery codes."""
    user = person(request)
    secret = second_factor.unseal(request.session.get(BEGUN, "").encode()) or second_factor.secret_make()
    problem = ""
    if request.method == "POST":
        if has_second_factor(user) and (problem := _wrong_password(request)):
            pass  # whoever sits down at an open desk does not change the app to theirs
        elif BEGUN in request.session:
            try:
                codes = services.second_factor_set(user, secret, request.POST.get("code", "")[:20])
            except services.WrongCode:
                problem = words.staff("wrong_code")
            else:
                del request.session[BEGUN]
                return render(request, "desk/people/recovery_codes.html", {"codes": codes})
    request.session[BEGUN] = second_factor.seal(secret).decode()
    clinic = Clinic.objects.first()
    return render(
        request,
        "desk/people/second_factor.html",
        {
            "picture": second_factor.picture(secret, user, f"Front desk, {clinic.name}" if clinic else "Front desk"),
            "letters": second_factor.in_letters(secret),
            "problem": problem,
            "has_one": has_second_factor(user),
            "is_due": second_factor_is_due(user),
        },
    )


@signed_in
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    user = person(request)
    if not has_second_factor(user):
        return redirect("account")
    if problem := _wrong_password(request):
        messages.error(request, problem)
        return redirect("account")
    return render(request, "desk/people/recovery_codes.html", {"codes": services.recovery_codes_make(user)})


@signed_in
@require_POST
def remove_second_factor(request: HttpRequest) -> HttpResponse:
    """The password is enough again; not where more is required."""
    user = person(request)
    if policy().requires_of(roles_of(user)):
        messages.error(request, words.staff("second_factor_is_required"))
    elif problem := _wrong_password(request):
        messages.error(request, problem)
    else:
        services.second_factor_remove(user, user)
        messages.success(request, words.staff("second_factor_removed"))
    return redirect("account")


@signed_in
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all of one's sessions, this one too."""
    services.sign_out_everywhere(person(request))
    logout(request)
    messages.success(request, words.staff("signed_out_everywhere"))
    return redirect("sign_in")


def _account(request: HttpRequest, form: PasswordChangeForm) -> HttpResponse:
    user = person(request)
    return render(
        request,
        "desk/people/account.html",
        {
            "form": form,
            "profile": profile_of(user),
            "roles": sorted(roles_of(user)),
            "factor": getattr(user, "second_factor", None),
            "codes_left": user.recovery_codes.count(),
            "is_required": policy().requires_of(roles_of(user)),
        },
    )


def _wrong_password(request: HttpRequest) -> str:
    """Empty if the own password was typed; else what is to be said."""
    user = person(request)
    key = [lockout.key_for_password(user)]
    until = lockout.try_begin(key, user)
    if until is not None:
        return locked_out(until)
    if not user.check_password(request.POST.get("password", "")):
        return words.staff("wrong_own_password")
    lockout.try_succeeded(key)
    return ""
