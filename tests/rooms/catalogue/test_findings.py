"""Each kind of finding: its page, a definition that is broken in just that way, and the sound one beside it."""

import ast
import json
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from rukhsa.catalogue import finding_pages, service_acts
from rukhsa.catalogue.compiler import problems_in, problems_of, warnings_in, warnings_of
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.territory import definition_files, read_territory
from tests.rooms.catalogue.broken import BAHRAIN, SPEARFISH, changed, line_of, problems_in_text, read

BROKEN = Path(__file__).parent / "broken_files"
SOUND = (BROKEN / "sound.yaml").read_text(encoding="utf-8")
FILES = sorted(file for file in BROKEN.glob("*.yaml") if file.stem != "sound")
CATALOGUE = Path(finding_pages.__file__).parent
A_DAY = date(2026, 6, 1)  # within the periods of the sound definition


def found_in(file: Path) -> tuple[DefinitionProblem, ...]:
    try:
        return problems_of(read_definition(file), read_territory(BAHRAIN), on=A_DAY)
    except DefinitionRefused as refused:
        return refused.problems


def test_the_sound_definition_has_no_problems() -> None:
    assert found_in(BROKEN / "sound.yaml") == ()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_broken_definition_is_caught_by_exactly_its_code(file: Path) -> None:
    found = found_in(file)
    assert {problem.code for problem in found} == {file.stem}, found
    for problem in found:
        assert problem.what.en
        assert re.search("[؀-ۿ]", problem.what.ar)
        assert problem.line <= file.read_text(encoding="utf-8").count("\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_page_of_a_finding_shows_what_is_wrong_and_what_is_right_in_these_files(file: Path) -> None:
    wrong, right = re.findall(r"```yaml\n(.*?)\n```", finding_pages.page(file.stem).text, re.DOTALL)
    for part in wrong.split("\n# …\n"):
        assert part in file.read_text(encoding="utf-8")
    for part in right.split("\n# …\n"):
        assert part in SOUND


HAND = "    one-hand-because: {ar: لا موظف آخر, en: there is no other officer}\n"


def test_one_hand_is_warned_of_where_money_or_safety_hangs_on_it_and_refused_nowhere() -> None:
    place = read_territory(BAHRAIN)
    assert warnings_of(read(SOUND), place) == ()
    said = SOUND.replace("    mandate: trade\n", f"    mandate: trade\n{HAND}")
    assert problems_of(read(said), place, on=A_DAY) == ()
    (warning,) = warnings_of(read(said), place)
    assert (warning.code, warning.line) == ("one-hand", line_of(said, "one-hand-because"))
    assert "money is charged" in warning.what.en
    page = finding_pages.page("one-hand").text
    wrong, right = re.findall(r"```yaml\n(.*?)\n```", page, re.DOTALL)
    assert wrong in said
    assert right in SOUND


ASKED = "questions:\n"
CALLER = "      - {id: caller, type: phone, ask: {ar: ما هاتفك؟, en: What is your telephone?}}\n"


@pytest.mark.parametrize("word", ["known: phone", "whose: another"])
def test_a_question_for_what_the_ekey_knows_is_warned_of_until_it_says_whose_it_is(word: str) -> None:
    place = read_territory(BAHRAIN)
    asked = SOUND.replace(ASKED, ASKED + CALLER, 1)
    (warning,) = warnings_of(read(asked), place)
    assert (warning.code, warning.line) == ("asks-the-known", line_of(asked, "id: caller"))
    assert problems_of(read(asked), place, on=A_DAY) == ()
    said = asked.replace("type: phone,", f"type: phone, {word},")
    assert warnings_of(read(said), place) == ()
    wrong, right = re.findall(r"```yaml\n(.*?)\n```", finding_pages.page("asks-the-known").text, re.DOTALL)
    assert wrong in asked
    assert right in asked.replace("type: phone,", "type: phone, known: phone,")


def test_what_is_of_the_applicant_and_of_another_at_once_is_refused() -> None:
    both = "known: phone, whose: another"
    asked = SOUND.replace(ASKED, ASKED + CALLER.replace("type: phone", f"type: phone, {both}"), 1)
    assert {each.code for each in problems_of(read(asked), read_territory(BAHRAIN), on=A_DAY)} == {
        "idle-word"
    }


def test_no_service_of_ours_asks_for_what_the_ekey_knows() -> None:
    warned = [each for folder in (BAHRAIN, SPEARFISH) for each in warnings_in(folder)]
    assert [str(each) for each in warned if each.code == "asks-the-known"] == []


def test_with_the_word_one_person_is_enough_and_without_it_no_service_of_ours_is_decided_by_one() -> None:
    alone = (BROKEN / "no-second-hand.yaml").read_text(encoding="utf-8")
    said = alone.replace("    mandate: trade\n", f"    mandate: trade\n{HAND}")
    found = {each.code for each in problems_of(read(said), read_territory(BAHRAIN), on=A_DAY)}
    assert "no-second-hand" not in found
    by_one = {
        file.stem
        for folder in (BAHRAIN, SPEARFISH)
        for file in definition_files(folder)
        if read_definition(file).value.decision.one_hand_because
    }
    assert by_one == {"advertisement-removal", "receipt", "money-back"}


def codes_in(source: Path) -> set[str]:
    """The codes that a module gives to what it finds."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    given = [keyword.value for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords
             if keyword.arg == "code"]  # fmt: skip
    given += [node.args[0] for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args
              and getattr(node.func, "id", getattr(node.func, "attr", "")) == "_refuse"]  # fmt: skip
    given += [node.value.elts[0] for node in ast.walk(tree) if isinstance(node, ast.Return)
              and isinstance(node.value, ast.Tuple) and node.value.elts]  # fmt: skip
    return {node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    checks, questions = ((CATALOGUE / folder).glob("*.py") for folder in ("checks", "questions"))
    sources = [*checks, *questions, *(CATALOGUE / f"{name}.py" for name in (
        "source", "reading", "compiler", "service_version", "block_list", "slots", "boundaries",
    ))]  # fmt: skip
    given = set().union(*map(codes_in, sources))
    # Names of nothing have a code each, made of what is named: unknown-question, unknown-answer, …
    made = {code for code in finding_pages.codes() if code.startswith("unknown-")}
    assert given - made == set(finding_pages.codes()) - made
    for code in finding_pages.codes():
        page = finding_pages.page(code)
        assert re.search("[؀-ۿ]", page.title.ar)
        assert re.search("[؀-ۿ]", page.why.ar)
        assert re.match("[A-Za-z]", page.why.en)


def sound(*changes: tuple[str, str]) -> str:
    text = SOUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


ACCOUNT = "{id: account, type: iban, ask: {ar: إلى أي حساب يُرد التأمين؟, en: To which account is the deposit returned?}}"  # noqa: E501
TABLES = "        when: {question: use, is: food}\n        ask: {ar: كم طاولة؟"
STEPS = "[{to: 50, amount: 10.000}, {to: 90, amount: 20.000}, {amount: 30.000}]"
BANDS = f"{{bands: {{of: area, counted: whole, steps: {STEPS}}}}}"
FIXED = "{phrase: {ar: حتى 50 مترًا مربعًا, en: up to 50 square metres}, when: {question: area, at-most: 50}, amount: 10.000}"  # noqa: E501
NO_ROW = (
    SOUND[SOUND.index("      - {phrase: {ar: فوق") : SOUND.index("  - id: clearance-deposit")],
    "",
)
SITE = "{id: site, type: slot, of: camp-sites, ask: {ar: أين؟, en: Where?}}"
MANY = ", ".join(
    f"{{not: {{all: [{{question: p{one}, is: h{hole}}}, {{question: p{other}, is: h{hole}}}]}}}}"
    for one in range(9)
    for other in range(one)
    for hole in range(8)
)
HUNDRED = "".join(f"      - {{id: q{each}, type: yes-no, ask: {{ar: س, en: Q}}}}\n" for each in range(100))
PIGEONS = "".join(
    f"      - {{id: p{pigeon}, type: choice, ask: {{ar: س, en: Q}}, options: {{"
    + ", ".join(f"h{hole}: {{ar: ج, en: A}}" for hole in range(8))
    + "}}\n"
    for pigeon in range(9)
)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("several-places", [(f"- {ACCOUNT}", f"- {SITE}\n      - {SITE.replace('site,', 'second,')}")]),
        ("too-hard", [("      - {id: age", f"{PIGEONS}      - {{id: age"),
                      ("      when: {question: cooks, is: yes}\n", f"      when: {{all: [{MANY}]}}\n")]),
        ("ends-before-it-begins", [("validity: {from: start, until: end}", "validity: {from: start, for: tables}"),
                                   (TABLES, TABLES.partition("\n")[2])]),
        ("never-holds", [(FIXED, BANDS.replace("90", "120")), NO_ROW]),
        ("misread", [(FIXED, BANDS.replace("90", "10")), NO_ROW]),
        ("too-large", [("      - {id: age", f"{HUNDRED}      - {{id: age")]),
        ("wrong-form", [("amount: 10.000}", "amount: ١٠٫٥}")]),
        ("wrong-form", [("from: 2020-09-15", "from: 20200915")]),
        ("wrong-form", [("from: 2020-09-15", "from: 1600128000")]),
        ("wrong-form", [("        from: 0\n", "        from: ٠\n")]),
    ],
)  # fmt: skip
def test_more_mistakes_are_caught_by_their_code(code: str, changes: list[tuple[str, str]]) -> None:
    assert {problem.code for problem in problems_in_text(sound(*changes))} == {code}


def test_bands_in_which_every_answer_lies_are_sound() -> None:
    assert problems_in_text(sound((FIXED, BANDS), NO_ROW)) == ()


def test_the_finest_unit_of_a_currency_is_known() -> None:
    text = (SPEARFISH / "services/building-permit.yaml").read_text(encoding="utf-8")
    charge = (
        "charges:\n  - {id: fee, kind: fee, name: {en: Fee}, due: after decision, from: 2020-01-01, "
        "source: {rank: assumed, why: made up}, law: [{assumed: made up}], rows: [{amount: 12.345}]}\nreview:"
    )
    with_fee = text.replace("review:", charge, 1)
    codes = {problem.code for problem in problems_of(read(with_fee), read_territory(SPEARFISH))}
    assert codes == {"too-fine", "no-gateway"}  # nothing is paid in Spearfish


PERMIT = "- {id: permit, type: instrument, services: [OTHER], ask: {ar: ما الرقم؟, en: Which number?}}"
LICENCE = [("service: kiosk-permit", "service: kiosk-licence"), ("code: KP", "code: KL"), ("900", "901")]


def with_permit(other: str, *more: tuple[str, str]) -> str:
    asked = PERMIT.replace("OTHER", other)
    return sound((f"- {ACCOUNT}", f"- {ACCOUNT}\n      {asked}"), *more)


FREED = ("released-by: {inspection: clearance}", "released-by: {service: kiosk-licence}")
CLOSES = (
    "  conditions:",
    "  effects: [{closes: permit, releases: [clearance-deposit], to: account}]\n  conditions:",
)
RENEWS = ("  conditions:", "  effects: [{renews: permit}]\n  conditions:")
EITHER = ("services: [kiosk-permit]", "services: [kiosk-permit, address-change]")


@pytest.mark.parametrize(
    ("codes", "first", "second"),
    [
        ({"no-way-in"}, with_permit("kiosk-licence"), with_permit("kiosk-permit", *LICENCE)),
        (set(), SOUND, with_permit("kiosk-permit", *LICENCE)),
        (set(), with_permit("kiosk-licence", ("type: instrument,", "type: instrument, optional: yes,")),
         with_permit("kiosk-permit", *LICENCE)),
        ({"deposit-kept"}, sound(FREED), with_permit("kiosk-permit", *LICENCE)),
        (set(), sound(FREED), with_permit("kiosk-permit", *LICENCE, CLOSES)),
        ({"never-ends"}, SOUND, with_permit("kiosk-permit", *LICENCE, RENEWS, EITHER)),
        (set(), SOUND, with_permit("kiosk-permit", *LICENCE, RENEWS)),
        ({"unknown-service"}, SOUND, with_permit("kiosk", *LICENCE)),
        ({"code-shared"}, SOUND, sound(LICENCE[0], LICENCE[2])),
    ],
    ids=lambda value: "" if isinstance(value, str) else "+".join(sorted(value)) or "sound",
)  # fmt: skip
def test_services_that_clash_are_caught_by_their_code(
    tmp_path: Path, codes: set[str], first: str, second: str
) -> None:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    (folder / "services/a-first.yaml").write_text(first, encoding="utf-8")
    (folder / "services/a-second.yaml").write_text(second, encoding="utf-8")
    assert {problem.code for problem in problems_in(folder)} == codes


@pytest.mark.parametrize(
    ("service", "term"),
    [("refuse-bags", "pay-within: 30 days"), ("certified-copy", "complete-within: 3 days")],
)
def test_a_term_for_what_cannot_happen_is_an_idle_word(service: str, term: str) -> None:
    why = "{rank: assumed, why: no page names this term}"
    said = f"\nleft-undone: {{{term}, source: {why}}}\ninstrument:\n"
    assert {each.code for each in problems_in_text(changed(service, "\ninstrument:\n", said))} == {
        "idle-word"
    }


def test_a_term_of_the_territory_is_neither_too_short_nor_without_end(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    policies = folder / "policies.yaml"
    text = policies.read_text(encoding="utf-8")
    policies.write_text(text.replace("pay-within: 90 days", "pay-within: 9 years"), encoding="utf-8")
    (problem,) = problems_in(folder)
    assert (problem.code, problem.line, problem.file) == ("term-unfit", 3, "policies.yaml")
    policies.write_text(text.replace("pay-within: 90 days", "pay-within: soon"), encoding="utf-8")
    (problem,) = problems_in(folder)
    assert "is not a time to wait" in problem.what.en


def test_the_findings_are_told_in_words_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    assert service_acts.main(["check"], folder) == 0
    assert "no problems" in capsys.readouterr().out
    shutil.copy(BROKEN / "row-gap.yaml", folder / "services")
    assert service_acts.main(["check"], folder) == 1
    told = capsys.readouterr().err
    assert "row-gap.yaml:62:7: charges.0.rows: no row holds, for example when area = 49.01." in told
    assert "row-gap: An applicant with such answers has no known fee" in told
    # One text alone, wherever it lies or by its service's name.
    assert service_acts.main(["check", "--language", "ar", str(BROKEN / "row-gap.yaml")], folder) == 1
    assert "مثلًا عندما area = 49.01" in capsys.readouterr().err
    assert service_acts.main(["check", "proof-of-residence"], folder) == 0
    assert "1 service alone, no problems" in capsys.readouterr().out
    assert service_acts.main(["check", "proof-of-residense"], folder) == 1
    assert "neither a file nor a service of bahrain" in capsys.readouterr().err
    assert service_acts.main(["check", "--json", "row-gap"], folder) == 1
    (told_to_machines,) = json.loads(capsys.readouterr().out)
    assert (told_to_machines["line"], told_to_machines["column"], told_to_machines["code"]) == (
        62,
        7,
        "row-gap",
    )
    assert set(told_to_machines["remedy"]) == {"ar", "en"}
    assert service_acts.main(["explain", "row-gap"], folder) == 0
    assert capsys.readouterr().out.startswith("# row-gap: ")
    assert service_acts.main(["explain", "rwo-gap"], folder) == 1
    assert 'Write "row-gap".' in capsys.readouterr().err


def test_the_check_of_files_waits_for_no_library_of_a_server() -> None:
    said = (
        "import sys; sys.argv = ['rukhsa', 'services', 'explain', 'row-gap']\n"
        "from rukhsa.project import command\n"
        "try: command.main()\n"
        "except SystemExit as end: print(end.code, {'django', 'psycopg', 'procrastinate', 'holidays'} & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert told.endswith("0 set()\n")


def test_a_charge_in_a_territory_without_a_way_of_paying_is_found() -> None:
    bahrain = read_territory(BAHRAIN)
    definition = read_definition(BAHRAIN / "services" / "road-works-licence.yaml")
    assert problems_of(definition, bahrain) == ()
    without = problems_of(definition, bahrain.model_copy(update={"gateways": ()}))
    assert [problem.code for problem in without] == ["no-gateway"]


def test_a_charge_has_ended_on_the_day_after_its_last_and_without_a_day_nothing_is_said() -> None:
    reading, bahrain = read_definition(BROKEN / "charge-ended.yaml"), read_territory(BAHRAIN)
    last = reading.value.charges[0].until
    assert last is not None
    assert problems_of(reading, bahrain) == problems_of(reading, bahrain, on=last) == ()
    (problem,) = problems_of(reading, bahrain, on=last + timedelta(days=1))
    assert (problem.code, problem.line) == ("charge-ended", line_of(reading.source.text, f"until: {last}"))
    followed = read(reading.source.text.replace(f"    until: {last}\n", f"    until: {A_DAY}\n", 1))
    assert problems_of(followed, bahrain, on=last + timedelta(days=1)) == ()


def test_the_command_says_that_a_charge_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    told = service_acts.check(BAHRAIN, "en", [str(BROKEN / "charge-ended.yaml")], in_json=False)
    assert not told.is_well
    assert "charge-ended" in told.text


def test_one_text_is_checked_beside_the_other_services(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A code of another's is told before the file lies among them, and a text takes the place of its own service."""
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    own = (folder / "services" / "road-works-licence.yaml").read_text("utf-8")
    taken = re.search(r"^code: (\w+)", (folder / "services" / "address-card.yaml").read_text("utf-8"), re.M)
    assert taken
    text = tmp_path / "mine.yaml"
    text.write_text(own, "utf-8")
    assert service_acts.main(["check", str(text)], folder) == 0
    text.write_text(re.sub(r"^code: \w+", f"code: {taken[1]}", own, flags=re.M), "utf-8")
    capsys.readouterr()
    assert service_acts.main(["check", str(text)], folder) == 1
    assert f'code "{taken[1]}" is that of address-card.yaml already' in capsys.readouterr().err
    # One that cannot be read hides no other, and what names it is not called unknown.
    (folder / "services" / "camping-registration.yaml").write_text("service: [", "utf-8")
    assert service_acts.main(["check", str(text)], folder) == 1
    assert "code-shared" in capsys.readouterr().err
