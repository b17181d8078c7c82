"""What the compiler finds by reasoning, each beside the definition that is right."""

import shutil
from pathlib import Path

import pytest

from rukhsa.catalogue.compiler import problems_in, problems_of
from rukhsa.catalogue.territory import read_territory
from tests.rooms.catalogue.broken import BAHRAIN, SPEARFISH, changed, problems_in_text, read, text_of

RW, SB, PR, DA, BC, AC, BG, PA, TE = (
    "road-works-licence",
    "small-building-permit",
    "proof-of-residence",
    "drawings-amendment",
    "building-completion",
    "address-change",
    "building-guard-certificate",
    "premises-approval",
    "temporary-event-permit",
)
DAYS = "source: {rank: assumed, why: no page names the days of the review}\n"
FAMILY = "source: {rank: assumed, why: no page says how a member of the family is confirmed}\n"
OTHERS = "phrase: {ar: لسائر الأشغال, en: for all other works}\n"


@pytest.mark.parametrize("folder", [BAHRAIN, SPEARFISH])
def test_the_services_that_are_shipped_have_no_problems(folder: Path) -> None:
    assert [str(problem) for problem in problems_in(folder)] == []


@pytest.mark.parametrize(
    ("service", "old", "new", "sentence"),
    [
        # names of nothing
        (RW, "question: on-behalf, is: yes", "question: on-behaf, is: yes", 'Write "on-behalf"'),
        (PR, "question: tenure, is: tenant", "question: tenure, is: renter", 'no answer "renter"'),
        (RW, "refer: traffic", "refer: trafic", 'no agency "trafic". Write "traffic"'),
        (RW, "office: roads", "office: streets", 'no office "streets"'),
        (RW, "released-by: {inspection: reinstatement}", "released-by: {inspection: paving}", "no inspection after"),
        (RW, "clashes: {place: route", "clashes: {place: way", 'no question "way"'),
        (RW, "authority: {block-of: place}", "authority: {always: XXX}", 'no authority "XXX"'),
        (RW, "group: roads", "group: road", 'no group "road". Write "roads"'),
        (RW, "group: roads\n", "", "it stands in no group"),
        # the wrong kind
        (RW, "clashes: {place: route", "clashes: {place: days", "must be line or area"),
        (RW, "per: {metre-of: route}", "per: {metre-of: kind}", "must be decimal or line"),
        (RW, "validity: {from: start", "validity: {from: days", "must be date"),
        (RW, "type: code, question: kind", "type: date, question: kind", "must be date"),
        (DA, "new-version-of: permit", "new-version-of: parcel", "must be instrument"),
        (RW, "question: closes-lane, is: yes", "question: closes-lane, at-least: 5", "cannot be compared"),
        (RW, "question: closes-lane, is: yes", "question: lanes, is: many", "cannot be asked whether"),
        (RW, "question: closes-lane, is: yes", "question: start, is: 2026-13-01", "cannot be asked whether"),
        (RW, "question: contractor, part: name", "question: contractor", "has the parts: name, number"),
        (PA, "{id: activity-code, type: identifier", "{id: activity-code, type: text",
         "must be area or company or decision or hours or iban or identifier or instrument"),
        (BG, "question: guard-number, part: masked", "question: guard-number", "has the parts: masked"),
        (RW, "validity: end}", "validity: end, sealed: no}", "are always sealed"),
        # order and twice
        (RW, "{id: place, type: address,", "{id: place, type: address, when: {question: closes-lane, is: yes},",
         "asked later"),
        (RW, "id: site-phone", "id: place", "given twice"),
        (RW, "id: reinstatement-deposit", "id: works-fee", "given twice"),
        (RW, f"  - decide: officer\n    mandate: roads\n    within: 1 working day\n    {DAYS}", "",
         "ends with one decision"),
        (RW, "    mandate: roads\n", "", "by a mandate"),
        # who decides, and what the review records
        (RW, "decide: officer\n    mandate: roads", "decide: committee", "it is not said which"),
        (RW, "decide: officer\n    mandate: roads", "decide: committee\n    committee: bulding", 'Write "building"'),
        (RW, "decide: officer\n    mandate: roads", "decide: two officers", "by a mandate"),
        (RW, "decide: officer\n", "decide: rule\n    grant-when: {question: days, at-most: 9}\n",
         '"mandate" says nothing'),
        (RW, "decide: officer\n    mandate: roads\n    within: 1 working day\n", "decide: rule\n",
         "not said when it grants"),
        (RW, "{ar: المقاول, en: The contractor}", "{en: The contractor}", "the Arabic text is missing. Add ar: …"),
        (RW, "{ar: المقاول, en: The contractor}", "{ar: المقاول}", "the English text is missing"),
        (RW, "  ar: [طريق, أشغال, شارع, حارة, إغلاق, إغلاق شارع, تسكير شارع, سكر, قطع طريق, رصف, معدات]\n", "",
         "the Arabic text is missing"),
        # fees
        (RW, "- when: {question: on-behalf, is: no}", "- when: {question: closes-lane, is: no}", "no row holds, for"),
        (RW, f"- when: {{question: on-behalf, is: no}}\n        {OTHERS}        amount", "- amount",
         "hold together, for example when on-behalf = yes"),
        (SB, "in: [commercial, industrial, other]}, phrase", "in: [commercial, other]}, phrase",
         "no row holds, for example when use = industrial"),
        (DA, "if the area stays the same}, amount: 3.000}",
         "if the area stays the same}, amount: 3.000, per: {square-metre-of: added-area}}",
         '"added-area", which is not answered, for example when'),
        (RW, "at-least: 5.000", "at-least: 5.000\n        at-most: 1.000", "at-least is more than at-most"),
        # reach
        (PR, f"    when: {{question: tenure, is: family}}\n    {FAMILY}",
         "    when: {all: [{question: tenure, is: family}, {question: tenure, is: owner}]}\n",
         "no answers make this condition true"),
        (PR, f"    when: {{question: tenure, is: family}}\n    {FAMILY}",
         "    when: {question: tenure, in: [owner, tenant, family]}\n", "always holds"),
        (SB, "        when: {question: more-load, is: yes}\n", "        when: {question: floors, at-least: 4}\n",
         "no answers make this condition true"),
        # days that count from another answer
        (TE, "earliest: start,", "earliest: strat,", 'Write "start"'),
        (TE, "earliest: start,", "earliest: kind,", "here it must be date"),
        (TE, "earliest: start,", "earliest: end,", '"end" is not answered before "end"'),
        (TE, "earliest: 5 working days after submission", "earliest: end", '"end" is not answered before "start"'),
        # facts
        (RW, "      question: lanes\n      when: {question: closes-lane, is: yes}\n", "      question: lanes\n",
         '"lanes" may be without an answer'),
        (PR, "{id: home, type: address,", "{id: home, type: address, optional: yes,", "may be without an answer"),
        (BC, "type: date, validity: start", "type: date, validity: end", "has no end"),
    ],
)  # fmt: skip
def test_a_mistake_of_meaning_is_found(service: str, old: str, new: str, sentence: str) -> None:
    problems = problems_in_text(changed(service, old, new))
    assert any(sentence in problem.in_language("en") for problem in problems), problems
    assert all(problem.what.ar for problem in problems)
    assert all(problem.line > 1 for problem in problems)
    assert problems_in_text(text_of(service)) == ()


# Proof of residence, as it would be if the section recorded how many live there.
RECORDING = changed(
    PR,
    "    office: addresses\n    within: 1 working day\n",
    "    office: addresses\n    within: 1 working day\n"
    "    records:\n"
    "      - {id: alone, type: yes-no, ask: {ar: هل يسكن وحده؟, en: Does he live alone?}}\n"
    "      - {id: people, type: integer, from: 2, when: {question: alone, is: no},\n"
    "         ask: {ar: كم ساكنًا؟, en: How many residents?}}\n",
)
LATER, OTHER = "recorded in the review later than here", "is asked of the applicant, and not recorded"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        # an answer of the review in the form, before its step, beside it, and in what is paid at submission
        ("    when: {question: tenure, is: tenant}\n    phrase",
         "    when: {question: alone, is: no}\n    phrase", LATER),
        ("{question: tenure, is: family}", "{question: alone, is: yes}", LATER),
        ("type: yes-no, ask", "type: yes-no, when: {question: people, at-least: 3}, ask", LATER),
        ("type: yes-no, ask", "type: instrument, services: [address-change], ask", OTHER),
        ("id: alone", "id: tenure", "given twice"),
        ("authority: {block-of: home}", "authority: {same-as: alone}", "must be instrument or decision"),
        ("authority: {block-of: home}",
         "authority: {block-of: home}\n"
         "eligible:\n  - {rule: {question: alone, is: yes}, otherwise: {ar: لا, en: No}, "
         "law: [{assumed: n}], source: {rank: assumed, why: n}}", LATER),
        ("authority: {block-of: home}",
         "authority: {block-of: home}\n"
         "eligible:\n  - {rule: {question: tenure, is: renter}, otherwise: {ar: لا, en: No}, "
         "law: [{assumed: n}], source: {rank: assumed, why: n}}",
         'no answer "renter"'),
        ("  facts:\n",
         "  facts:\n    - {id: people, label: {ar: السكان, en: Residents}, type: integer, question: people}\n",
         '"people" may be without an answer'),
    ],
)  # fmt: skip
def test_what_the_review_records_is_used_after_its_step_alone(old: str, new: str, sentence: str) -> None:
    assert problems_in_text(RECORDING) == ()
    assert old in RECORDING
    problems = problems_in_text(RECORDING.replace(old, new, 1))
    assert any(sentence in problem.in_language("en") for problem in problems), problems
    assert all(problem.what.ar for problem in problems)


def test_a_recorded_answer_may_be_sealed_under_its_own_condition() -> None:
    fact = (
        "    - {id: people, label: {ar: السكان, en: Residents}, type: integer, question: people,\n"
        "       when: {question: alone, is: no}}\n"
    )
    text = RECORDING.replace("  facts:\n", f"  facts:\n{fact}", 1)
    assert problems_in_text(text) == ()
    assert problems_in_text(
        text.replace("when: {question: alone, is: no}}", "when: {question: alone, is: yes}}")
    )


def _copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (PR, "code: PR", "code: AC", 'code "AC" is that of address-change.yaml already'),
        (PR, "profile-code: 101", "profile-code: 202", 'profile-code "202" is that of'),
        (PR, "service: proof-of-residence", "service: address-change", 'service "address-change" is that of'),
        (
            SB,
            "{service: building-completion}",
            "{service: building-complete}",
            'no service "building-complete"',
        ),
        (
            DA,
            "services: [small-building-permit,",
            "services: [smal-building-permit,",
            'Write "small-building-permit"',
        ),
        (BC, "releases: [completion-deposit]", "releases: [deposit]", 'take no deposit "deposit"'),
    ],
)
def test_services_that_contradict_each_other_are_found(
    tmp_path: Path, file: str, old: str, new: str, sentence: str
) -> None:
    folder = _copy(tmp_path)
    (folder / "services" / f"{file}.yaml").write_text(changed(file, old, new), encoding="utf-8")
    found = [str(problem) for problem in problems_in(folder)]
    assert any(sentence in problem for problem in found), found


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "services" / f"{RW}.yaml").write_text("service: [", encoding="utf-8")
    (folder / "services" / f"{PR}.yaml").write_text(changed(PR, "phase:", "fase:"), encoding="utf-8")
    files = {problem.file for problem in problems_in(folder)}
    assert files == {f"{RW}.yaml", f"{PR}.yaml"}


def test_ten_thousand_rows_end_in_a_problem_and_not_in_an_hour() -> None:
    first = "      - when: {question: on-behalf, is: yes}\n"
    row = "      - {when: {question: on-behalf, is: yes}, phrase: {ar: ا, en: a}, amount: 0.000}\n"
    for many, sentence in ((150, "hold together"), (500, "Items at most: 200"), (10_000, "at most")):
        problems = problems_in_text(changed(RW, first, row * many + first))
        assert any(sentence in str(problem) for problem in problems)


def test_a_territory_of_streets_refuses_a_question_of_buildings_roads_and_blocks() -> None:
    text = (SPEARFISH / "services/building-permit.yaml").read_text(encoding="utf-8")
    asked = text.replace("{id: site, type: text, at-most: 60,", "{id: site, type: address,")
    told = [problem.in_language("en") for problem in problems_of(read(asked), read_territory(SPEARFISH))]
    assert any("this territory has no blocks" in each for each in told), told
    assert not problems_of(read(text), read_territory(SPEARFISH))
