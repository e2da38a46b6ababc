"""What an answer must not tell anybody to do with a medicine is found; what it should say is not."""

from __future__ import annotations

import pytest

from frontdesk.content.medicines import told
from frontdesk.content.questions import content

TOLD = [
    "Stop your blood thinners three days before.",
    "Please stop taking aspirin a week before the treatment.",
    "You should stop your medication.",
    "You can skip your insulin on the day.",
    "Skip your tablets that morning.",
    "Take ibuprofen if it hurts.",
    "You can take paracetamol for the pain.",
    "Take 400 mg of ibuprofen.",
    "Take two tablets with water.",
    "Paracetamol four times a day is fine.",
    "Start taking antihistamines the day before.",
    "It's best to stop aspirin.",
    "It is safe to take an antihistamine.",
    "Don't take aspirin.",
    "Do not take any painkillers for a week.",
    "Avoid ibuprofen for a week.",
    "You'd better pause your warfarin.",
    "Blood thinners should be stopped a week before.",
    "Your medication can be paused.",
    "Stopping aspirin is fine.",
    "We recommend you stop anticoagulants.",
    "Halve your dose of insulin.",
    "Stop taking aspirin unless your doctor says otherwise.",
    "You may need to stop your blood-thinning medicine.",
    "Come off your antidepressants first.",
    "No aspirin for a week before.",
    "For the pain, take a painkiller.",
    "If it hurts, take a painkiller.",
    "Leave out your blood thinners and then restart them.",
    "Patients should discontinue anticoagulants.",
    "Make sure to stop NSAIDs.",
    "Before treatment, stop any anti-inflammatory.",
    "Wait two days, then take your tablets again.",
    "Just take an aspirin.",
    "We ask that you stop all blood thinners 5 days prior.",
    "Anticoagulants must be discontinued 48 hours before your session.",
    "You don't need your heart tablets that day, so skip them.",
    "If you are on warfarin, stop it three days before.",
    "Aspirin: stop 7 days before.",
    "You won't need to take your tablets.",
    "An antihistamine can be taken beforehand.",
    "Please refrain from taking aspirin.",
    "Apply a hydrocortisone cream twice a day.",
    "You should not take ibuprofen.",
    "Stop smoking and stop your pills.",
    "Simply stop your medication the evening before and start again after.",
    "Double your painkillers if it is sore.",
    "Ibuprofen 400 mg every six hours works well.",
    "Taking arnica tablets helps.",
    "Stay off blood thinners for a day.",
    "It's okay to skip a dose.",
    "Use ibuprofen gel on the area.",
    "Go without your blood thinners that day.",
]
NOT_TOLD = [
    "Never stop a medicine without your doctor.",
    "Don't stop your blood thinners.",
    "Do not stop taking aspirin without asking your doctor.",
    "Nobody should pause or change a prescribed medicine on their own.",
    "Ask your doctor before you stop any medicine.",
    "Ask your doctor whether you should stop aspirin.",
    "Tell the practitioner every medicine you take.",
    "Tell us if you take blood thinners.",
    "Whether you can take ibuprofen is for your doctor to say.",
    "Only your doctor can decide if you should stop a medicine.",
    "You must not stop your medicine by yourself.",
    "Don't skip your insulin.",
    "Take a list of your medicines with you.",
    "Start by telling us about your medicines.",
    "Avoid anti-inflammatories for a week; for prescribed ones, ask your doctor first.",
    "Take any concern to your doctor. They know your medicines.",
    "If you take insulin, tell the practitioner.",
    "Please let us know when you start a new medicine.",
    "Stop aspirin only if your doctor agrees.",
    "Your doctor decides whether to stop a medicine.",
    "Some medicines can trigger a reaction.",
    "The needle goes 4 mm deep.",
    "People who take several medicines should ask.",
    "You shouldn't change your medication yourself.",
    "We can't tell you to stop a medicine.",
    "I can't say if you should take an antihistamine.",
    "Stop exercise for two days.",
    "It isn't a reason to stop your medicine.",
    "There is no need to stop any medicine.",
    "You don't have to stop your tablets.",
    "Stopping a medicine by yourself can be dangerous.",
    "Blood thinners should never be stopped without a doctor.",
    "Medicines should only be changed by the doctor who prescribed them.",
    "Keep taking your prescribed medicines as your doctor told you.",
    "Have your list of medicines ready.",
    "Your provider may ask which medicines you take.",
    "You may be asked about your medicines.",
    "The mixture can have medicines in it.",
    "Bring all your medicines with you.",
    "If a doctor has told you to take aspirin, say so.",
    "Some people take blood thinners.",
    "We have no information about antihistamines.",
    "Use of blood thinners makes bruises more likely.",
    "You should tell us about every drug.",
    "Drink water, and do not change your medication without asking.",
    "No, and you should not stop your medicine for it.",
    "You can ask the team about pain relief.",
    "You can talk to your doctor about taking a painkiller.",
    "People should start with a talk about their medicines.",
]


@pytest.mark.parametrize("text", TOLD)
def test_telling_somebody_what_to_do_with_a_medicine_is_found(text: str) -> None:
    assert told(text)


@pytest.mark.parametrize("text", NOT_TOLD)
def test_leaving_it_to_a_doctor_or_telling_not_to_change_is_not(text: str) -> None:
    assert not told(text)


def test_none_of_our_own_answers_is_said_to_do_so() -> None:
    answers = [(one.key, wording.text) for one in content().questions.values() for wording in one.wordings]

    assert [(key, told(text)) for key, text in answers if told(text)] == []


def test_the_part_that_says_so_is_named() -> None:
    assert told("It is quick. Stop aspirin a week before, and rest.") == ["Stop aspirin"]
