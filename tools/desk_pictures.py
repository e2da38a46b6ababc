"""Takes the pictures of the desk: every page, on a desktop and on a phone. Clinic, people and visitors are made up, and named so."""

from __future__ import annotations

from typing import Any

from tools.bench.servers import HOST
from tools.bench.stack import PASSWORD, Stack
from tools.pictures import DESKTOP, PHONE, picture, says, visitor

MAKE_CLINIC = f"""
from datetime import date
from django.contrib.auth.models import User
from django.utils import timezone
from frontdesk.clinic.models import AlertRecipient, Clinic, ClosedDays
from frontdesk.conversations.models import CannedReply
from frontdesk.people.models import Profile, SecondFactor
from frontdesk.people.roles import Role, roles_set
from frontdesk.people.second_factor import seal, secret_make

def person(username, name, title, *roles):
    user = User.objects.create_user(username, password={PASSWORD!r})
    Profile.objects.create(user=user, name=name, role=title)
    roles_set(user, set(roles))
    return user

person("demo", "Demo nurse", "nurse", Role.ADMINISTRATOR)
person("demo-desk", "Demo receptionist", "reception", Role.STAFF)
person("demo-editor", "Demo editor", "", Role.EDITOR)
SecondFactor.objects.create(
    user=person("demo-doctor", "Demo doctor", "doctor", Role.CLINICIAN), sealed=seal(secret_make()), since=timezone.now()
)
clinic = Clinic.objects.get()
clinic.name, clinic.country, clinic.phone = "Demo clinic", "GB", "+44 20 7946 0000"
clinic.email, clinic.privacy_url = "demo@clinic.example", "https://www.clinic.example/privacy"
clinic.sites = "https://www.clinic.example"
clinic.save()
AlertRecipient.objects.create(clinic=clinic, channel="webhook", address="https://chat.clinic.example/hooks/demo")
AlertRecipient.objects.create(clinic=clinic, channel="email", address="demo@clinic.example", from_level="urgent")
ClosedDays.objects.create(clinic=clinic, first_day=date(2030, 12, 24), last_day=date(2030, 12, 26), name="Christmas")
for title, text in (
    ("How to book", "You can book on our page, or tell me a day and I look what is free."),
    ("Parking", "There is a car park behind the house, free for two hours."),
    ("What to bring", "Please bring a list of the medicines that you take."),
):
    CannedReply.objects.create(title=title, text=text)
"""
# What visitors write: the conversations of the lists, the oldest first.
SAID = (
    ("can i wear makeup after?", "how long does a session take?"),
    ("who won the football yesterday?",),
    ("what does it cost?",),
    ("does it hurt?", "when do i see results?"),
    ("can I talk to somebody please",),
    ("i have had a rash since yesterday, is that normal?",),
    ("my throat feels tight and i cant breathe properly",),
)
# So that they did not all write in the same minute: each conversation some minutes earlier than the next.
SPREAD = """
from datetime import timedelta
from django.db.models import F
from frontdesk.conversations.models import Conversation, HandOff, Message, StateChange
for place, one in enumerate(Conversation.objects.order_by("-started_at")):
    earlier = timedelta(minutes=3 * place * place + 2 * place)
    times = {"started_at": F("started_at") - earlier, "last_activity_at": F("last_activity_at") - earlier}
    Conversation.objects.filter(pk=one.pk).update(**times, waiting_since=F("waiting_since") - earlier, summary_due=True)
    Message.objects.filter(conversation=one).update(sent_at=F("sent_at") - earlier)
    for kept in (HandOff.objects.filter(conversation=one), StateChange.objects.filter(conversation=one)):
        kept.update(at=F("at") - earlier)
"""
SUMMED_UP = """
import time
from frontdesk.review.models import Summary
from frontdesk.conversations.models import Conversation
while Conversation.objects.filter(summary_due=True).exists() or not Summary.objects.exists():
    time.sleep(0.1)
"""
# Pages by name: their addresses under /desk/. Those of single conversations and of who is not signed in are taken where they come up.
PAGES = {
    "inbox": "inbox",
    "review": "review",
    "people": "people",
    "account": "account",
    "second-factor": "account/second-factor",
    "settings": "settings",
    "settings-clinic": "settings/clinic",
    "settings-hours": "settings/hours",
    "settings-alerts": "settings/alerts",
    "settings-consent": "settings/consent",
    "settings-replies": "settings/replies",
    "settings-widget": "settings/widget",
    "erase-person": "erase",
}


def desk(browser: Any, stack: Stack) -> None:
    """Plays a day at the desk, and takes a picture of each page of it."""
    stack.run(MAKE_CLINIC)
    for texts in SAID:
        page = visitor(browser, stack, PHONE)
        for text in texts:
            says(page, text)
        page.context.close()
    stack.run(SPREAD)
    stack.run(SUMMED_UP)
    page = new_browser(browser)
    open_page(page, stack, "sign-in")
    both(page, "sign-in")
    sign_in(page, "demo")
    for name, path in PAGES.items():
        open_page(page, stack, path)
        if name == "settings-widget":
            page.frame_locator("iframe").locator("clinic-chat .consent").wait_for()
        both(page, name)
    open_page(page, stack, "people")
    page.get_by_role("link", name="Demo receptionist").click()
    both(page, "person")
    _conversation(browser, stack, page)
    _review(page, stack)
    open_page(page, stack, "inbox")
    page.locator(".inbox a").last.click()
    about = page.url
    page.get_by_role("link", name="Erase …").click()
    both(page, "erase")
    open_page(page, stack, "audit")
    both(page, "audit")
    _refused(browser, about)
    _code(browser, stack)


def _conversation(browser: Any, stack: Stack, page: Any) -> None:
    """A visitor is helped: the conversation from both sides."""
    asks = visitor(browser, stack, PHONE)
    says(asks, "can i go to the gym after?")
    says(asks, "can I talk to somebody please")
    open_page(page, stack, "inbox")
    page.locator(".inbox a").filter(has_text="waits").filter(has_text="asked for a person").last.click()
    page.get_by_role("button", name="Take this conversation").click()
    page.locator("#reply textarea").fill("Hello, I am here now. How can I help?")
    page.get_by_role("button", name="Send").click()
    asks.locator("clinic-chat .message.staff").first.wait_for()
    page.locator(".from-staff").wait_for()
    both(page, "conversation")
    asks.wait_for_timeout(400)  # what moves has come to rest
    picture(asks, "staff-phone")


def _review(page: Any, stack: Stack) -> None:
    """A message that was not understood is corrected."""
    open_page(page, stack, "review?fallback=yes")
    page.locator(".what a").filter(has_text="football").click()
    page.locator(".correct summary").first.click()
    both(page, "review-conversation")


def _refused(browser: Any, address: str) -> None:
    """An editor opens a page that is not for editors."""
    page = new_browser(browser)
    page.goto(address)
    sign_in(page, "demo-editor")
    both(page, "refused")


def _code(browser: Any, stack: Stack) -> None:
    """Somebody with a second step signs in."""
    page = new_browser(browser)
    open_page(page, stack, "sign-in")
    sign_in(page, "demo-doctor")
    both(page, "code")


def new_browser(browser: Any) -> Any:
    """A page of somebody who is not signed in."""
    return browser.new_context(viewport=DESKTOP, locale="en-GB", reduced_motion="reduce").new_page()


def open_page(page: Any, stack: Stack, path: str) -> None:
    """A page of the desk."""
    page.goto(f"http://{HOST}:{stack.port}/desk/{path}")


def sign_in(page: Any, username: str) -> None:
    """Somebody gives their name and password."""
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def both(page: Any, name: str, *, full_page: bool = False) -> None:
    """A page at both widths, from its top; on a desktop, if need be, down to its end."""
    for width, size in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(size)
        page.evaluate("scrollTo(0, 0)")
        picture(page, f"{name}-{width}", full_page=full_page and size is DESKTOP)
