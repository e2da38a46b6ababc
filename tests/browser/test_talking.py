"""What a conversation shows: starters, buttons, who is writing, links, times, and what became of one's own messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.sync_api import Route, expect

from tests.browser.chat import Chat
from tests.browser.visits import Visit
from tests.stack import Staff, until

MAKEUP = "can i wear makeup after?"
HOSTILE = """<img src=x onerror="document.title='broken'"><b>bold</b> &amp; <script>document.title='broken'</script>"""
ARABIC = "هل يمكنني وضع المكياج بعد العلاج؟"


def test_starter_questions_are_asked_by_a_press(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    expect(chat.choices).to_have_text(
        [
            "What is mesotherapy?",
            "What is it used for?",
            "What are the side effects?",
            "Who should not have it?",
            "What should I do afterwards?",
            "What does it cost?",
        ]
    )

    chat.choices.get_by_text("What are the side effects?").click()

    expect(chat.said_by("visitor")).to_contain_text("What are the side effects?")
    expect(chat.said_by("bot").last).to_contain_text("redness, swelling")
    assert chat.in_record()[1] == {"sender": "visitor", "text": "What are the side effects?", "choice": "side_effects/overview"}


def test_an_answer_has_buttons_that_can_be_pressed(chat: Chat) -> None:
    chat.asks(MAKEUP)

    chat.choices.get_by_text("When can I wash my face?").click()

    expect(chat.said_by("bot")).to_have_count(3)
    assert [message["choice"] for message in chat.in_record() if message["sender"] == "visitor"] == ["", "aftercare/water"]


def test_a_button_pressed_twice_at_once_is_sent_once(chat: Chat) -> None:
    chat.choices.get_by_text("What does it cost?").dblclick()
    expect(chat.said_by("bot")).to_have_count(2)

    chat.asks(MAKEUP)

    chat.waits_for_texts("What does it cost?", MAKEUP)


def test_it_shows_that_the_assistant_is_writing(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    spoken = chat.find(".panel > [role=status].sr")

    with chat.held("/chat/messages"):
        chat.writes(MAKEUP)
        expect(chat.dots).to_be_in_viewport(ratio=1)
        expect(spoken).to_have_text("The assistant is writing")

    expect(chat.said_by("bot")).to_have_count(2)
    expect(chat.dots).to_be_hidden()
    expect(spoken).to_be_empty()


def test_it_shows_that_a_person_is_writing(chat: Chat, nurse: Staff) -> None:
    chat.calls_person().meets(nurse)

    nurse.does(f"/desk/conversations/{chat.id}/typing", typing="yes")
    expect(chat.dots).to_be_visible()
    expect(chat.find(".panel > [role=status].sr")).to_have_text("Nora is writing")
    nurse.does(f"/desk/conversations/{chat.id}/typing", typing="no")

    expect(chat.dots).to_be_hidden()


def test_addresses_in_a_message_are_links(chat: Chat, nurse: Staff) -> None:
    chat.calls_person().meets(nurse)

    nurse.replies(
        chat.id, "See https://www.example.org/after?a=1. Or desk@example.org, or +44 20 7946 0000; not javascript:alert(1)."
    )

    links = chat.said_by("staff").get_by_role("link")
    expect(links).to_have_text(["https://www.example.org/after?a=1", "desk@example.org", "+44 20 7946 0000"])
    found = links.evaluate_all("links => links.map(link => [link.getAttribute('href'), link.target, link.rel])")
    assert found == [
        ["https://www.example.org/after?a=1", "_blank", "noopener noreferrer"],
        ["mailto:desk@example.org", "", ""],
        ["tel:+442079460000", "", ""],
    ]


def test_every_message_has_its_time_and_the_day_stands_above(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    chat.asks(MAKEUP)

    times = chat.find(".message time")
    expect(times).to_have_count(3)
    stamps = [datetime.fromisoformat(stamp) for stamp in times.evaluate_all("times => times.map(time => time.dateTime)")]
    assert all(datetime.now(UTC) - stamp < timedelta(minutes=2) for stamp in stamps)
    assert stamps == sorted(stamps)
    assert all(":" in text for text in times.all_inner_texts())
    expect(chat.find(".day")).to_have_text("today")


def test_a_message_says_that_it_is_being_sent_and_that_it_was(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()

    with chat.held("/chat/messages"):
        message = chat.writes(MAKEUP)
        expect(message.locator(".status")).to_have_text("Sending")

    expect(message.locator(".status")).to_have_text("Sent")


def test_only_the_newest_message_says_that_it_was_sent(chat: Chat) -> None:
    chat.asks(MAKEUP)
    chat.asks("what does it cost?")

    expect(chat.find(".visitor .status")).to_have_text(["", "Sent"])


def test_a_refused_message_says_why_and_can_be_sent_again(chat: Chat) -> None:
    chat.page.route("**/chat/messages", lambda route: refuse(route, 400, "This cannot be taken."), times=1)

    message = chat.writes(MAKEUP)
    expect(message.locator(".status")).to_contain_text("Not sent")
    expect(message.locator(".reason")).to_have_text("This cannot be taken.")
    message.get_by_role("button", name="Try again").click()

    expect(chat.said_by("bot")).to_have_count(2)
    expect(chat.said_by("visitor")).to_have_count(1)
    chat.waits_for_texts(MAKEUP)


def test_a_refused_message_can_be_changed(chat: Chat) -> None:
    chat.page.route("**/chat/messages", lambda route: refuse(route, 400, "This cannot be taken."), times=1)

    chat.writes(MAKEUP).get_by_role("button", name="Edit").click()

    expect(chat.composer).to_have_value(MAKEUP)
    expect(chat.composer).to_be_focused()
    expect(chat.said_by("visitor")).to_have_count(0)


def test_a_message_that_comes_too_fast_waits_and_is_sent(chat: Chat) -> None:
    slow = {"Retry-After": "1", "Access-Control-Expose-Headers": "Retry-After"}
    chat.page.route("**/chat/messages", lambda route: refuse(route, 429, "Slowly.", **slow), times=1)

    message = chat.writes(MAKEUP)
    expect(message.locator(".status")).to_contain_text("is sent in 1 s")

    expect(message.locator(".status")).to_have_text("Sent")
    chat.waits_for_texts(MAKEUP)


def test_a_message_that_the_server_fails_on_is_sent_under_the_same_id(chat: Chat) -> None:
    ids: list[str] = []

    def fail(route: Route) -> None:
        ids.append(route.request.post_data_json["id"])
        refuse(route, 503, "Busy.")

    chat.page.route("**/chat/messages", fail, times=1)
    message = chat.writes(MAKEUP)
    expect(message.locator(".status")).to_contain_text("Not sent yet. We keep trying.")
    message.get_by_role("button", name="Try again").click()
    expect(message.locator(".status")).to_have_text("Sent")

    rows = chat.stack.rows(
        "SELECT client_id FROM conversations_message WHERE conversation_id = ? AND sender = 'visitor'", chat.id
    )
    assert [UUID(row["client_id"]) for row in rows] == [UUID(ids[0])]


def test_markup_is_shown_as_it_was_written(chat: Chat, nurse: Staff) -> None:
    chat.asks(HOSTILE)
    chat.meets(nurse)
    nurse.replies(chat.id, HOSTILE)
    expect(chat.said_by("staff").last).to_contain_text(HOSTILE)

    expect(chat.said_by("visitor").first.locator(".bubble")).to_have_text(HOSTILE)
    assert chat.find(":is(img, b, script)").count() == 0
    assert chat.page.title() == "A clinic"


def test_right_to_left_text_in_a_left_to_right_chat(chat: Chat) -> None:
    chat.asks(ARABIC)

    assert chat.style(".visitor .bubble p", "direction") == "rtl"
    assert chat.style(".log", "direction") == "ltr"
    assert chat.style(".bot .bubble p", "direction") == "ltr"


def test_a_number_to_call_keeps_its_order_in_right_to_left_text(chat: Chat, nurse: Staff) -> None:
    chat.meets(nurse)

    nurse.replies(chat.id, f"{ARABIC} +44 20 7946 0000")
    chat.said_by("staff").wait_for()

    assert chat.style(".staff .tel", "direction") == "ltr"
    assert chat.style(".staff .tel", "unicode-bidi") == "isolate"


def test_a_message_that_is_too_long_is_counted_and_not_sent(chat: Chat) -> None:
    chat.composer.fill("a" * 1001)
    expect(chat.find(".counter")).to_have_text("1 characters too many")
    expect(chat.composer).to_have_attribute("aria-invalid", "true")

    chat.composer.press("Enter")

    expect(chat.composer).to_have_value("a" * 1001)
    expect(chat.said_by("visitor")).to_have_count(0)


def test_a_line_break_is_written_with_shift(chat: Chat) -> None:
    chat.composer.fill("one")
    chat.composer.press("Shift+Enter")
    chat.composer.press_sequentially("two")
    chat.composer.press("Enter")

    chat.waits_for_texts("one\ntwo")


def test_a_person_is_always_in_reach(visit: Visit, size: dict[str, int]) -> None:
    chat = visit(size).begins()
    chat.asks(MAKEUP)
    expect(chat.person).to_be_in_viewport(ratio=1)

    chat.person.click()

    expect(chat.said_by("system").last).to_contain_text("A person from the team joins this chat within about 10 minutes")
    expect(chat.state).to_have_text("A person will join this chat. You can go on writing.")
    expect(chat.person).to_be_hidden()
    until(lambda: chat.stack.rows("SELECT 1 FROM conversations_handoff WHERE conversation_id = ?", chat.id), "staff are called")


def refuse(route: Route, status: int, sentence: str, **headers: str) -> None:
    """Answers in the front desk's place."""
    allowed = {"Access-Control-Allow-Origin": "*", **headers}
    route.fulfill(status=status, json={"error": {"code": "refused", "message": sentence}}, headers=allowed)
