"""Personal details are hidden; treatments, drugs, months and towns in questions are not."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from frontdesk import environment
from frontdesk.privacy.marked import marked_lines
from frontdesk.privacy.masking import found, mask
from frontdesk.privacy.recognisers import BrazilianCpf, FrenchInsee, GulfIdentity, PortugueseNif

sys.path.append(str(environment.ROOT))
import itertools

from tools.measure_masking import LINES, own_lines, recall


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to jo.b@example.co.uk please", "write to [e-mail] please"),
        ("call 07700 900123", "call [phone]"),
        ("my name is sarah jones and i itch", "my name is [name] and i itch"),
        ("born 12/03/1984, fit", "born [date of birth], fit"),
        ("card 4111 1111 1111 1111", "card [card number]"),
        ("GB29 NWBK 6016 1331 9268 19", "[account number]"),
        ("nhs 943 476 5919", "nhs [identity number]"),
        ("12 Mill Road", "[address]"),
        ("my daughter Emma is ten", "my daughter [name] is ten"),
        ("رقمي ٠٥٠١٢٣٤٥٦٧", "رقمي [phone]"),
    ],
)
def test_what_is_personal_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "can i have botox in may",
        "is mesotherapy done in London or Paris",
        "I'm Diabetic, can I have it",
        "Is Hyaluronic Acid 20 mg/ml safer than Juvederm",
        "it costs 1.200 euros for 4 sessions in 2026",
        "Falten im Gesicht, hilft das?",
        "my daughter is 17",
        "my sister had fillers",
        "10000 IU of vitamin D",
        "Can I come on 3 March at 10.30?",
        "كريم الوجه بعد الجلسة",
        "I take warfarin 5 mg, INR 2.5",
        "is it ok to take ibuprofen 400mg 3x a day",
    ],
)
def test_what_is_asked_stays_readable(text: str) -> None:
    assert mask(text) == text


def test_a_name_that_an_address_overlaps_leaves_nothing_readable() -> None:
    assert mask("Sarah Jones<sarah.jones@x.org>") == "[name]<[e-mail]>"


@pytest.mark.parametrize("text", ["", " ", "\n", "⟨⟩", "0" * 1000, "a@" * 500, "name: "])
def test_it_comes_through_any_text(text: str) -> None:
    assert "".join(text[span.start : span.end] for span in found(text)) in text + mask(text) + text * 2


def test_spans_are_in_order_and_apart() -> None:
    spans = found("Anna Schmidt, geboren am 07.08.1969, Lindenstraße 24, 10969 Berlin, 0151 23456789, a.schmidt@web.de")

    assert [span.kind for span in spans] == ["name", "birthday", "address", "address", "phone", "email"]
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (FrenchInsee(), "279042471679935", "279042471679936"),
        (BrazilianCpf(), "95559797154", "95559797155"),
        (PortugueseNif(), "256321221", "256321222"),
        (GulfIdentity(), "1620579860", "1620579861"),
    ],
)
def test_check_digits_are_checked(kind: Any, right: str, wrong: str) -> None:
    assert kind.fits(right)
    assert not kind.fits(wrong)


@pytest.mark.parametrize(("lines", "least"), [("development", 0.97), ("held_out", 0.90)])
def test_most_of_what_is_personal_in_made_up_lines_is_hidden(lines: str, least: float) -> None:
    hidden, every, missed = recall(marked_lines(LINES / f"{lines}.txt"))

    assert sum(hidden.values()) / sum(every.values()) >= least, missed


def test_numbers_and_addresses_of_mail_are_all_hidden() -> None:
    hidden, every, missed = recall(marked_lines(LINES / "held_out.txt"))

    assert {kind: hidden[kind] for kind in ("email", "phone", "identity", "card")} == {
        kind: every[kind] for kind in ("email", "phone", "identity", "card")
    }, missed


def test_in_the_assistants_own_lines_next_to_nothing_is_masked() -> None:
    lines = own_lines()[::10]  # all of them take ten seconds: tools/measure_masking.py

    masked = [line for line in lines if found(line)]

    assert len(masked) / len(lines) < 0.005, masked


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError("the network is asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert found("jo.b@a-name-nobody-has-asked-for.example")


def test_the_files_of_lines_are_there() -> None:
    assert len(marked_lines(Path(LINES) / "development.txt")) + len(marked_lines(Path(LINES) / "held_out.txt")) >= 200
