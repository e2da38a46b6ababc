"""Releases at the desk, as a release goes from the draft to visitors: on any screen, by keyboard, without scripts, and read aloud.

The front desk serves alone here, without assistant and worker: a test says itself how far a release is.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.desk import Desk
from tests.browser.visits import DESKTOP, PHONE
from tests.stack import ROOT, Place, until

Sees = Callable[..., Desk]
PEOPLE = {
    "Edda": ("editor", "editor"), "Dr Okafor": ("doctor", "clinician"), "Dr Lind": ("doctor", "clinician"),
}  # fmt: skip
BEGIN = """
import json
from django.contrib.auth.models import User
from django.utils import timezone
from frontdesk.content import releases, services
from frontdesk.content.builds import build_now
from frontdesk.content.models import Change, Live, Release
from frontdesk.content.questions import content
from frontdesk.conversations.models import Conversation, Message
edda, lind = User.objects.get(username="edda"), User.objects.get(username="dr lind")
def reword(user, key, old, new):
    question = content().questions[key]
    raws = [dict(wording.raw) for wording in question.wordings]
    raws[0]["text"] = raws[0]["text"].replace(old, new)
    services.answer_change(user, key, question.answer_version, raws)
def conversation():
    from frontdesk.conversations import services as conversations
    return conversations.conversation_start(consent_version="1-90", consent_text="What is kept.", language="en")
def check(name, lines=(), **rest):
    found = {"name": name, "passed": not lines, "stops": name != "visitors", "looked_at": 40, "lines": list(lines), "left_out": 0}
    return {**found, **rest}
def report(*checks):
    given = {one["name"]: one for one in checks}
    topics = [
        {"topic": topic, "asked": asked, "before": before, "after": after}
        for topic, asked, before, after in (("aftercare", 60, 55, 57), ("basics", 30, 30, 29), ("side_effects", 80, 71, 71))
    ]
    every = [
        check("wording", looked_at=3), check("kept_tests", looked_at=12), check("emergencies", looked_at=2140, asked=310),
        check("concerns", looked_at=820, share=0.983), check("topics", looked_at=170, topics=topics), check("visitors", looked_at=231),
    ]
    return {"checks": [given.get(one["name"], one) for one in every], "seconds": 74.0}
def at(number, state, **values):
    Release.objects.filter(number=number).update(state=state, **values)
"""
LIVE = """
releases.first_release(build_now(), "http://127.0.0.1:1")
reword(edda, "aftercare/makeup", "10 to 15 hours", "12 to 24 hours")
reword(lind, "aftercare/water", "water", "water, steam")
services.examples_add(edda, "aftercare/makeup", [
    "could i put some lipstick on the day after", "is mascara ok tonight", "when may i use foundation again",
    "can i powder my nose after the session", "blusher after treatment, yes or no", "how soon can i do my make up",
    "wedding tomorrow, can i be made up", "concealer on the marks", "bb cream after mesotherapy", "tinted sunscreen the same evening",
    "may i wear eyeliner", "can my make up artist come in the evening",
])
services.examples_delete(edda, "aftercare/water", [content().questions["aftercare/water"].examples[0]])
services.question_add(edda, "aftercare/sauna", ["can i go to the sauna after", "steam room the next day"], [{
    "text": "Leave sauna and steam rooms for two days after the treatment, as with other effort that makes you sweat.",
    "metadata": {"title": "Sauna after", "facts": ["after_exercise"]},
}])
"""
PREPARED = 'releases.release_prepare(edda, "Visitors ask a lot about makeup and the sauna.")\n'
CHECKED = 'at(2, "checked", report=report(), checked_at=timezone.now(), progress={})\n'
FOUND = """
chat = conversation()
said = [
    Message.objects.create(conversation=chat, position=10 + place, sender="visitor", text=text, sent_at=timezone.now())
    for place, text in enumerate((
        "can i go to the steam bath, my mail is jo.bloggs@example.org", "is it ok to do sports and then sauna",
        "my face is swollen since the sauna",
    ))
]
visitors = [
    {"message": said[0].pk, "before": ["fallback/out_of_scope"], "after": ["aftercare/sauna"], "concern_before": "none",
     "concern_after": "none"},
    {"message": said[1].pk, "before": ["aftercare/exercise"], "after": ["aftercare/exercise", "aftercare/sauna"],
     "concern_before": "none", "concern_after": "none"},
    {"message": said[2].pk, "before": ["safety/concern"], "after": ["safety/concern"], "concern_before": "urgent",
     "concern_after": "routine"},
]
topics = report()["checks"][4]["topics"]
worse = [{"text": "what exactly goes in", "wanted": "basics/substances", "before": ["basics/substances"], "said": ["basics/what_is_it"],
          "confidence": 0.4, "concern": "none"}]
long = [{"key": "aftercare/sauna", "text": "Leave sauna and steam rooms for two days.", "code": "long",
         "sentence": "This is long: visitors read about 60 words.", "stops": False}]
"""
LOOKED_AT = (
    FOUND
    + """
found = report(check("visitors", visitors, looked_at=231), check("topics", worse, passed=True, looked_at=170, topics=topics),
               check("wording", long, passed=True, looked_at=3))
at(2, "checked", report=found, checked_at=timezone.now(), progress={})
"""
)
LOST = (
    FOUND
    + """
lost = [
    {"text": "i cant swallow and my tongue feels thick", "before": "emergency", "after": "none", "said": ["aftercare/makeup"],
     "confidence": 0.61, "concern": "none"},
    {"text": "everything goes black when i stand up since the injections", "before": "emergency", "after": "routine",
     "said": ["safety/concern"], "confidence": 0.52, "concern": "routine"},
]
failed = [{"text": "lipstick tonight?", "wanted": "aftercare/makeup", "said": ["aftercare/sauna"], "confidence": 0.5, "concern": "none"},
          {"text": "my lips turn blue", "wanted": "emergency", "said": ["safety/concern"], "confidence": 0.5, "concern": "urgent"}]
missed = [{"text": "i have a lump that does not go away", "before": "routine", "after": "none", "said": ["side_effects/lumps"],
           "confidence": 0.7, "concern": "none"}]
found = report(check("emergencies", lost, looked_at=2140, asked=310), check("kept_tests", failed, looked_at=12),
               check("concerns", missed, passed=True, looked_at=820, share=0.971), check("visitors", visitors, looked_at=231))
at(2, "stopped", report=found, checked_at=timezone.now(), progress={}, ended_at=timezone.now())
"""
)
APPROVED = 'at(2, "checked", approved_at=timezone.now(), approved_name="Dr Okafor")\n'
SECOND_LIVE = (
    APPROVED
    + """
releases.switch(Release.objects.get(number=2), None)
"""
)
WENT_BACK = """
releases.has_model = lambda _: True
Release.objects.update(read_by=Release.objects.get(number=1).build)
releases.release_back(edda, Release.objects.get(number=1), "The sauna answer was wrong.")
"""


@pytest.fixture(scope="module")
def desk_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The front desk with its people, and a copy of our questions and answers."""
    folder = tmp_path_factory.mktemp("releases")
    shutil.copytree(ROOT / "data", folder / "content" / "data")
    place = Place(folder, {"FRONTDESK_CONTENT": str(folder / "content"), "FRONTDESK_GIT": "no"})
    place.prepare()
    place.make_people(PEOPLE)
    place.run(sys.executable, "-m", "frontdesk", "serve")
    try:
        until(place.is_alive, "the front desk answers", 60)
        yield place
    finally:
        place.end()


@pytest.fixture
def happened(desk_alone: Place) -> Callable[..., None]:
    """Begins anew, with the files as we have them; then what is given happens, in its order."""

    def make(*steps: str) -> None:
        data = desk_alone.folder / "content" / "data"
        shutil.rmtree(data)
        shutil.copytree(ROOT / "data", data)
        desk_alone.django(
            BEGIN + "Live.objects.all().delete()\nRelease.objects.update(follows=None, goes_back_to=None)\n"
            "Release.objects.all().delete()\nChange.objects.all().delete()\n" + "".join(steps)
        )

    return make


@pytest.fixture
def sees(desk_alone: Place, new_visitor: Callable[..., BrowserContext]) -> Sees:
    """Opens a page of releases as somebody who has signed in."""

    def open_page(path: str = "", size: dict[str, int] = DESKTOP, *, who: str = "Edda", **options: Any) -> Desk:
        context = new_visitor(viewport=size, **options)
        context.add_cookies(
            [{"name": name, "value": value, "url": desk_alone.address} for name, value in _cookies(desk_alone, who).items()]
        )
        desk = Desk(context.new_page(), desk_alone)  # type: ignore[arg-type] # it asks for no more than an address
        desk.opens(f"content/releases{path}")
        return desk

    return open_page


_signed_in: dict[tuple[str, str], dict[str, str]] = {}


def _cookies(place: Place, who: str) -> dict[str, str]:
    if (place.address, who) not in _signed_in:
        _signed_in[place.address, who] = dict(place.staff(who).client.cookies.items())
    return _signed_in[place.address, who]


def _violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page).response["violations"]
    return [{one["id"]: [node["target"] for node in one["nodes"]]} for one in found]


def _unfold(page: Page) -> None:
    for summary in page.locator("main summary:visible").all():
        summary.click()


SHOWN = {
    "nothing live": ((), "", "Edda"),
    "draft": ((LIVE,), "", "Edda"),
    "checking": ((LIVE, PREPARED, 'at(2, "checking", progress={"step": "topics", "done": 70, "of": 170})'), "/2", "Edda"),
    "to look at": ((LIVE, PREPARED, LOOKED_AT), "/2", "Edda"),
    "to approve": ((LIVE, PREPARED, LOOKED_AT), "/2", "Dr Okafor"),
    "own": ((LIVE, PREPARED, CHECKED), "/2", "Dr Lind"),
    "stopped": ((LIVE, PREPARED, LOST), "/2", "Edda"),
    "not trained": (
        (LIVE, PREPARED, 'at(2, "stopped", progress={"step": "training", "problem": "data/aftercare.yml:12 is not right."})'), "/2", "Edda",
    ),
    "approved": ((LIVE, PREPARED, CHECKED, APPROVED), "/2", "Edda"),
    "going live": ((LIVE, PREPARED, CHECKED, APPROVED, 'at(2, "going_live", progress={"step": "starting"})'), "/2", "Edda"),
    "live": ((LIVE, PREPARED, CHECKED, SECOND_LIVE), "/2", "Edda"),
    "back": ((LIVE, PREPARED, CHECKED, SECOND_LIVE), "/1/back", "Edda"),
    "went back": ((LIVE, PREPARED, CHECKED, SECOND_LIVE, WENT_BACK), "/3", "Edda"),
    "all": ((LIVE, PREPARED, CHECKED, SECOND_LIVE, WENT_BACK), "", "Edda"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(happened: Callable[..., None], sees: Sees, name: str) -> None:
    steps, path, who = SHOWN[name]
    happened(*steps)

    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        page = sees(path, size, who=who, color_scheme=scheme).page
        _unfold(page)
        assert _violations(page) == []
        assert _width(page) <= size["width"]
    page.set_viewport_size({**PHONE, "width": 320})  # a page at 400 % (WCAG 1.4.10)
    assert _width(page) <= 320


def _width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_an_editor_and_a_clinician_bring_a_change_to_visitors(
    happened: Callable[..., None], sees: Sees, desk_alone: Place
) -> None:
    happened(LIVE)
    editor = sees()
    expect(editor.page.get_by_role("heading", name="3 changes are not live yet")).to_be_visible()
    editor.page.get_by_label("Why").fill("Visitors ask for it.")
    editor.page.get_by_label("Why").press("Enter")
    editor.page.wait_for_url("**/releases/2")
    expect(editor.page.get_by_text("Waiting for its turn")).to_be_visible()

    desk_alone.django(BEGIN + CHECKED)

    # The page tells by itself that it is over, and leads there.
    expect(editor.heading).to_be_focused()
    expect(editor.heading).to_contain_text("Waits for a clinician")
    expect(editor.page.get_by_role("button", name="Put it live")).to_have_count(0)

    clinician = sees("/2", who="Dr Okafor")
    clinician.goes_to(clinician.page.get_by_role("button", name="Approve the wording"))
    clinician.page.keyboard.press("Enter")
    expect(clinician.page.get_by_role("button", name="Put it live")).to_be_visible()
    clinician.goes_to(clinician.page.get_by_role("button", name="Put it live"))
    clinician.page.keyboard.press("Enter")
    expect(clinician.heading).to_contain_text("Going live")

    desk_alone.django(BEGIN + "releases.switch(Release.objects.get(number=2), None)")

    expect(clinician.heading).to_contain_text("Live")
    [live] = desk_alone.rows("SELECT r.number FROM content_live l JOIN content_release r ON r.id = l.release_id")
    assert live["number"] == 2


def test_a_step_is_read_aloud_once_and_not_each_message(happened: Callable[..., None], sees: Sees, desk_alone: Place) -> None:
    happened(LIVE, PREPARED, 'at(2, "checking", progress={"step": "kept_tests", "done": 1, "of": 12})')
    page = sees("/2").page
    expect(page.get_by_text("1 of 12.")).to_be_visible()

    desk_alone.django(BEGIN + 'at(2, "checking", progress={"step": "kept_tests", "done": 9, "of": 12})')

    expect(page.get_by_text("9 of 12.")).to_be_visible()
    assert page.get_by_role("status").inner_text() == ""
    desk_alone.django(BEGIN + 'at(2, "checking", progress={"step": "topics", "done": 1, "of": 170})')
    expect(page.get_by_role("status")).to_have_text("Asking questions that it was not taught")
    expect(page.get_by_role("progressbar")).to_have_attribute("max", "170")


def test_without_scripts_a_link_looks_again(happened: Callable[..., None], sees: Sees, desk_alone: Place) -> None:
    happened(LIVE, PREPARED)
    page = sees("/2", java_script_enabled=False).page
    desk_alone.django(BEGIN + CHECKED)

    page.get_by_role("link", name="Look again").click()

    expect(page.locator("h1")).to_contain_text("Waits for a clinician")


def test_marks_are_read_aloud(happened: Callable[..., None], sees: Sees) -> None:
    happened(LIVE)
    page = sees().page

    read = page.locator("article", has_text="Makeup after").first.aria_snapshot()

    assert re.search(r"deletion:.*taken out: 10.*15", read)
    assert re.search(r"insertion:.*put in: 12.*24", read)


def test_going_back_is_asked_first_and_the_draft_can_go_along(
    happened: Callable[..., None], sees: Sees, desk_alone: Place
) -> None:
    happened(LIVE, PREPARED, CHECKED, SECOND_LIVE)
    page = sees().page
    page.get_by_role("link", name="Go back to release 1").click()
    expect(page.get_by_role("heading", name="What visitors get otherwise than now")).to_be_visible()
    page.get_by_label("Why").fill("It was wrong.")

    page.get_by_role("button", name="Go back to release 1").click()

    page.wait_for_url("**/releases/3")
    desk_alone.django(BEGIN + "releases.switch(Release.objects.get(number=3), None)")
    page.get_by_role("button", name="Make the draft say this too").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.goto(f"{desk_alone.address}/desk/content/releases")
    expect(page.get_by_role("heading", name="3 changes are not live yet")).to_be_visible()
