"""Finds, in an answer, that it tells somebody what to do with a medicine: to stop, start, take, skip, avoid or dose it. For English.

A rule that reads words, so it may be wrong both ways: what it finds is for a person to look at. Telling somebody not to stop a medicine,
or to ask their doctor, is what an answer should say.
"""

from __future__ import annotations

import re

MEDICINE = (
    r"(?:medicines?|medications?|meds|drugs?|doses?|pills?|tablets?|capsules?|aspirins?|ibuprofen|nurofen|naproxen|diclofenac|"
    r"paracetamol|acetaminophen|tylenol|calpol|codeine|tramadol|morphine|opioids?|warfarin|heparin|clopidogrel|apixaban|rivaroxaban|"
    r"eliquis|xarelto|(?:blood[- ])?thinners?|anti-?coagulants?|blood[- ]thinning\s\w+|anti-?inflammator(?:y|ies)|nsaids?|"
    r"anti-?histamines?|cetirizine|loratadine|piriton|benadryl|"
    r"anti-?biotics?|amoxicillin|penicillin|(?:cortico)?steroids?|prednisolone|"
    r"(?:hydro)?cortisone|insulin|metformin|statins?|beta[- ]?blockers?|anti-?depressants?|sertraline|prozac|ssris?|"
    r"(?:roac)?cutane|isotretinoin|retinoids?|hrt|contraceptives?|pain[- ]?killers?|pain[- ]relie(?:f|vers?)|"
    r"sedatives?|diazepam|valium|supplements?|vitamin\s\w+|"
    r"adrenaline|epi-?pens?|inhalers?|arnica)"
)
LET_GO = (
    r"(?:stop|pause|skip|quit|discontinue|suspend|omit|interrupt|halve|reduce|lower|cut|drop|miss|come\s+off|go\s+off|leave\s+(?:out|off)"
    r"|hold\s+off|stay\s+off|get\s+off)"
)
TAKE = r"(?:take|start|begin|use(?!\s+of)|apply|try|swallow|double|increase|raise|switch|change|restart|have)"
AVOID = (
    r"(?:avoid|give\s+up|go\s+without|do\s+without|refrain\s+from|(?:(?:do|should|must)(?:n['’]t|\s+not)|never|not)\s+(?:take|use|have(?!\s+to))|no"
    r"|(?:(?:do|wo)n['’]t|do\s+not|will\s+not)\s+(?:need|have)\s+to\s+(?:take|use))"
)
# Words between a verb and its medicine: few, and none by which another thing begins.
WITHIN = r"(?:(?!(?:and|but|or|list|note|photo|box|packet|question|concern|by|with)\b)[\w'’/%-]+,?\s+){0,5}?"
# What makes a verb something that the reader is told: the beginning of what is said, or who is to do it.
ORDER = (
    r"(?:^|[,:(–—-]\s*|\b(?:and|then|also|so|but|or|please|just|simply|always|instead|now|first|today)\s+|"
    r"\b(?:you|people|patients|everyone|everybody)(?:['’]d|['’]ll)?\s+(?:(?:can|should|must|may|might|could|will|need\s+to|have\s+to|ought\s+to|"
    r"are\s+to|better|had\s+better|want\s+to)\s+)(?:also\s+|always\s+|simply\s+|just\s+|safely\s+|easily\s+|have\s+to\s+|need\s+to\s+)*|"
    r"\b(?:it['’]s|it\s+is)\s+(?:\w+\s+)?(?:best|better|fine|safe|ok|okay|all\s+right|enough|wise|important|necessary|possible|advisable)\s+to\s+|"
    r"\b(?:ask|advise|recommend|suggest|want|need)\s+(?:that\s+)?you\s+(?:to\s+)?|\b(?:recommend|advise|suggest)\s+(?:that\s+)?(?:you\s+)?(?:to\s+)?|\b(?:make|be)\s+sure\s+(?:to|you)\s+|\bremember\s+to\s+|"
    r"\bfeel\s+free\s+to\s+|\btry\s+to\s+|\byou['’]re\s+(?:fine|safe|allowed|free)\s+to\s+)"
)
TOLD = re.compile(rf"({ORDER})({LET_GO}|{TAKE})\s+{WITHIN}{MEDICINE}\b", re.IGNORECASE)
PASSIVE = re.compile(
    rf"\b{MEDICINE}\s+(?:[\w'’-]+\s+){{0,3}}?(?:should|must|can|may|could|has\s+to|have\s+to|needs?\s+to|is\s+to|are\s+to)\s+(?:(?:also|always|then)\s+)?"
    r"be\s+(?:stopped|paused|skipped|discontinued|suspended|halved|reduced|taken|started|doubled|increased|switched|changed|left\s+(?:out|off))",
    re.IGNORECASE,
)
FINE = re.compile(
    rf"\b(?:stopping|pausing|skipping|starting|taking)\s+{WITHIN}{MEDICINE}\s+(?:is|helps)\b(?!\s+(?:not|never))", re.IGNORECASE
)
# What "it" is, the sentence says before or after.
PRONOUN = re.compile(
    rf"({ORDER})((?:{LET_GO}|take|start|restart|double)\s+(?:it|them|those|these|this|one|some|an?\s+dose|\d+|(?:one|two|three|a\s+few|some)\s+\w+)\b)",
    re.IGNORECASE,
)
NAMED = re.compile(rf"\b{MEDICINE}\b", re.IGNORECASE)
AVOIDED = re.compile(
    rf"(?:(?:^|[,:;(–—-]\s*|\b(?:and|then|also|so|please|you|to)\s+){AVOID}\s+(?:taking\s+|using\s+)?(?:[\w'’/%-]+,?\s+){{0,5}}?{MEDICINE}\b)"
    rf"|(?:\b{MEDICINE}\s+(?:[\w'’-]+\s+){{0,4}}?(?:should|must|(?:are|is)\s+to)(?:n['’]t|\s+not)?\s+be\s+(?:avoided|taken|used)\b)",
    re.IGNORECASE,
)
DOSE = re.compile(
    rf"\b\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|μg|milligrams?|micrograms?|iu)\b"
    rf"|\b(?:take|use|have|swallow|give)\s+(?:about\s+|up\s+to\s+|at\s+least\s+)?(?:\d+|an?|one|two|three|four|half\s+an?)\s+(?:\w+\s+){{0,2}}?"
    r"(?:tablets?|pills?|capsules?|drops|puffs|doses?|spoonfuls?|sachets?)\b"
    rf"|\b{MEDICINE}\b[^.!?]{{0,40}}\b(?:(?:once|twice|(?:\d|two|three|four)\s+times)\s+(?:a|per|each|every)\s+day|every\s+(?:\d|four|six|eight|twelve)\s+hours|daily)\b",
    re.IGNORECASE,
)
# Said before the verb, it is a question or a condition, and nothing that anybody is told.
ASKED = re.compile(
    r"\b(?:whether|if|before|when|what|which|how|why|who|unless|until|that|without|where)\s+(?:\w+\s+){0,3}$", re.IGNORECASE
)
NOT_TO = re.compile(
    r"\b(?:never|not|don['’]?t|mustn['’]t|shouldn['’]t|can['’]t|cannot|nobody|no\s+one|nothing|nor|neither|rather\s+than|instead\s+of)\b[^,;:]{0,25}$",
    re.IGNORECASE,
)
DOCTOR = r"(?:doctors?(?:['’]s)?|gp(?:['’]s)?|physicians?|prescribers?|pharmacists?|clinicians?|specialists?|medical)"
# By these, what is said is the doctor's to decide.
ONLY_BY_DOCTOR = re.compile(
    rf"\bonly\b[^.!?]*\b{DOCTOR}\b|\b{DOCTOR}\b[^.!?]*\b(?:decides?|decision|to\s+decide)\b|\b(?:without|with)\b[^.!?]*\b{DOCTOR}\b[^.!?]*\b(?:consent|agree\w*|permission|advice)\b"
    rf"|\b{DOCTOR}\s+(?:may|might|can|could|will|has|have|would)\s+(?:told|tell|ask|asked|advised?|want)\b|\bas\s+(?:your|the)\s+{DOCTOR}\b",
    re.IGNORECASE,
)
ASKS_DOCTOR = re.compile(
    rf"\b{DOCTOR}\b[^.!?]*\b(?:decides?|decide|decision|consent|agrees?|first|otherwise|says\s+so)\b|\b(?:ask|consult|check\s+with|speak\s+to|talk\s+to|see)\b[^.!?]*\b{DOCTOR}\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\d)[^.!?;\n]+)*")


def told(text: str) -> list[str]:
    """The parts of a text that tell somebody what to do with a medicine, as they stand there, in order."""
    found = []
    asks_doctor = bool(ASKS_DOCTOR.search(text))
    for part in SENTENCE.finditer(text):
        sentence = part[0].strip()
        if place := _told_in(sentence, asks_doctor=asks_doctor):
            found.append(place)
    return found


def _told_in(sentence: str, *, asks_doctor: bool) -> str:
    if dose := DOSE.search(sentence):
        return dose[0].strip()
    if not ONLY_BY_DOCTOR.search(sentence):
        rules = (TOLD, PRONOUN) if NAMED.search(sentence) else ()
        for match in (found for rule in rules for found in rule.finditer(sentence)):
            before = sentence[: match.start(2)]
            own = before[: match.start(1)]  # without the words that make it an order
            if not NOT_TO.search(before) and not ASKED.search(own):
                return match[0].strip(" ,:(–—-")
        for rule in (PASSIVE, FINE):
            told = rule.search(sentence)
            if told and not NOT_TO.search(sentence[: told.start()]) and not ASKED.search(sentence[: told.start()]):
                return told[0].strip()
    if not asks_doctor and (avoided := AVOIDED.search(sentence)):
        return avoided[0].strip(" ,:(–—-")
    return ""
