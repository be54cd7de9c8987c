"""The law and the code lists as data: whole, in four languages, and as the sources give them."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest

from app.constitution import reference
from app.constitution.contents import Wanted, lacking
from app.constitution.reference import (
    LANGUAGES,
    ReferenceDataError,
    citation,
    default_settings,
    label,
    load_legal_references,
    load_lists,
    load_rules,
    reference_in_force,
)
from app.rules.settings import SETTINGS

TODAY = date(2026, 11, 21)

COUNTS = {
    # VVSG survey 2022
    "phenomena": 11,
    "signalSuppliers": 10,
    "faultLines": 6,
    "channels": 6,
    "actionFields": 12,
    "partners": 9,
    "clusters": 6,
    # Flemish decree, art. 3 and art. 9 § 4; French Community decree, art. 3
    "groundsFlemish": 24 + 1,
    "groundsFrenchCommunity": 25,
    "groundsGeneral": 3,
    "dataCategories": 14,
    "extensionGrounds": 3,
    # the rules
    "originTags": 5,
    "lifeDomains": 7,
    "closureGrounds": 6,
    "closingChecklist": 5,
    "contactRelations": 10,
    "assessmentInstruments": 7,
    "accessReasons": 10,
    "breakGlassReasons": 4,
    "screeningOutcomes": 5,
    "screeningQuestions": 6,
    "jurisdictionProfiles": 4,
    "reliabilityGrades": 5,
    "statementCapacities": 6,
    "transmissionGrounds": 7,
    "transmissionRecipients": 5,
    "feedbackRecipients": 6,
    "tableKinds": 3,
    "urgencies": 3,
}

TAGS = (
    "LLPPLLPPLL"  # R1 to R10
    "LPPLLLPLPP"  # R11 to R20
    "PLLLLLLLLP"  # R21 to R30
    "LLLLLLPXLL"  # R31 to R40
    "PLPPPPLPLP"  # R41 to R50
    "LLLLPLLLPL"  # R51 to R60
    "LLXLLPPPLP"  # R61 to R70
    "LPPPPPXLLL"  # R71 to R80
    "LLPPPLLPPP"  # R81 to R90
    "LLPPPPLLLL"  # R91 to R100
    "LLLLPPPLPP"  # R101 to R110
    "PPLXP"  # R111 to R115
)
SECOND_TAGS = {6: "POLICY", 11: "POLICY", 38: "LAW", 82: "POLICY"}
LETTERS = {"LAW": "L", "POLICY": "P", "PRACTICE": "X"}

ALL_ENTRIES = [
    pytest.param(entry, id=f"{name}-{entry.code}")
    for name, code_list in load_lists().items()
    for entry in code_list.entries
]
ALL_REFERENCES = [record for records in load_legal_references().values() for record in records]


def test_every_list_is_there_with_as_many_codes_as_its_source_gives():
    assert {name: len(code_list.entries) for name, code_list in load_lists().items()} == COUNTS


@pytest.mark.parametrize("entry", ALL_ENTRIES)
def test_no_label_is_empty_in_any_language(entry):
    assert all(entry.labels.of(language).strip() for language in LANGUAGES)
    assert entry.source.strip()


def test_labels_within_a_list_can_be_told_apart_in_every_language():
    for code_list in load_lists().values():
        for language in LANGUAGES:
            texts = [entry.labels.of(language) for entry in code_list.entries]
            assert len(set(texts)) == len(texts), (code_list.name, language)


def test_everything_in_the_lists_is_in_force_today_and_nothing_was_before_its_day():
    for code_list in load_lists().values():
        assert code_list.in_force(TODAY) == code_list.entries
        for entry in code_list.entries:
            assert not entry.in_force(entry.valid_from - timedelta(days=1))


def test_a_ground_code_says_by_itself_which_list_it_comes_from():
    grounds = [
        entry.code
        for name in ("groundsFlemish", "groundsFrenchCommunity", "groundsGeneral")
        for entry in load_lists()[name].entries
    ]
    assert len(set(grounds)) == 24 + 1 + 25 + 3


@pytest.mark.parametrize("name", ["groundsFlemish", "groundsFrenchCommunity", "dataCategories", "clusters"])
def test_numbered_lists_carry_the_numbers_of_their_source(name):
    entries = load_lists()[name].entries
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))


def test_the_sensitive_categories_are_8_9_11_and_12_and_category_14_needs_a_reason():
    categories = load_lists()["dataCategories"].entries
    assert {entry.number for entry in categories if entry.sensitive} == {8, 9, 11, 12}
    assert {entry.number for entry in categories if entry.needs_reason} == {14}


def test_the_residual_clause_and_any_other_legal_basis_need_a_reason():
    grounds = [*load_lists()["groundsFlemish"].entries, *load_lists()["groundsGeneral"].entries]
    assert {entry.code for entry in grounds if entry.needs_reason} == {
        "flemishResidualClause",
        "otherLegalBasis",
    }


def test_origin_tags_are_the_five_that_decide_what_may_be_told():
    assert {entry.code for entry in load_lists()["originTags"].entries} == {
        "livcParticipant",
        "policeJudicial",
        "securityServices",
        "municipality",
        "openSource",
    }


@pytest.mark.parametrize(
    ("list_name", "code", "language", "text"),
    [
        ("signalSuppliers", "ocmw", "fr", "CPAS"),
        ("signalSuppliers", "ocmw", "de", "ÖSHZ"),
        ("signalSuppliers", "clb", "de", "PMS-Zentrum"),
        ("groundsFlemish", "flemishJusticeHouses", "de", "Justizhäuser"),
        ("dataCategories", "health", "nl", "Gezondheidsgegevens"),
    ],
)
def test_a_label_is_found_by_list_code_and_language(list_name, code, language, text):
    assert label(list_name, code, language) == text


@pytest.mark.parametrize(
    ("list_name", "code", "language"),
    [("nothing", "ocmw", "nl"), ("signalSuppliers", "nobody", "nl"), ("signalSuppliers", "ocmw", "it")],
)
def test_an_unknown_list_code_or_language_is_a_lookup_error(list_name, code, language):
    with pytest.raises(LookupError):
        label(list_name, code, language)


def test_all_115_rules_are_there_with_the_tags_of_the_field():
    rules = load_rules()
    assert list(rules) == list(range(1, 116))
    assert "".join(LETTERS[rule.tag] for rule in rules.values()) == TAGS
    assert {rule.number: rule.also for rule in rules.values() if rule.also} == SECOND_TAGS


def test_every_rule_says_what_it_requires_in_four_languages():
    for rule in load_rules().values():
        assert rule.statement.endswith("."), rule.name
        for language in LANGUAGES:
            text = rule.label.of(language)
            # Half a sentence: it completes another one, so it neither shouts nor ends.
            assert text, (rule.name, language)
            assert not text.endswith("."), (rule.name, language)
            assert len(text) <= 120, (rule.name, language)


def test_every_legal_key_used_by_a_rule_exists_and_cites_law_in_force_today():
    for rule in load_rules().values():
        for key in rule.legal:
            assert key in load_legal_references(), (rule.name, key)
            assert citation(key, "nl", TODAY), (rule.name, key)


def test_every_rule_of_law_cites_an_article():
    assert [rule.name for rule in load_rules().values() if rule.tag == "LAW" and not rule.legal] == []


def test_the_settings_of_the_policy_rules_have_the_defaults_of_the_field():
    defaults = default_settings()
    expected = {
        "table_count": 1,
        "small_count_threshold": 5,
        "undertaking_renewal_days": 365,
        "participant_window_hours": 2,
        "break_glass": False,
        "listing_by_delegate": False,
        "invitation_notice_days_flemish": 0,
        "registration_alert_days": 14,
        "registration_limit_days": 90,
        "not_listed_days": 30,
        "minutes_remark_days": 7,
        "extract_days": 14,
        "review_months": 3,
        "review_months_max": 6,
        "extension_review_months": 12,
        "retention_warning_days": (90, 30, 15),
        "contact_term_days": 180,
        "retention_lock_days": 14,
        "backup_days": 35,
        "journal_years": 10,
        "rights_request_years": 5,
        "archive_sign_off": False,
        "card_mention_note": False,
    }
    assert {name: defaults[name] for name in expected} == expected


def test_what_an_agreement_may_fix_stands_in_the_rules_and_what_it_may_not_says_why():
    """The table and `app/rules/settings.py` name the same settings, under the same rule and with the same default."""
    rows = {row.name: (rule.name, row) for rule in load_rules().values() for row in rule.settings}
    open_ones = {name: (number, row.default) for name, (number, row) in rows.items() if row.fixed is None}
    assert open_ones == {name: (row.number, row.default) for name, row in SETTINGS.items()}
    reasons = [row.fixed for _, row in rows.values() if row.fixed]
    assert len(reasons) == len(set(reasons)), "a reason said twice is none"
    assert all(len(reason.split()) >= 5 for reason in reasons)


def test_the_table_says_of_the_information_officer_what_the_code_does():
    """Stricter than the source, which warns: such an agreement cannot be signed (R12)."""
    assert default_settings()["information_officer_chair"] == "block"
    table = {"kind": "operational", "functions": ["informationOfficer"], "chair": "informationOfficer"}
    assert "informationOfficerChairs" in lacking(Wanted(tables=[table]))


@pytest.mark.parametrize(
    ("setting", "list_name"),
    [
        ("screening_questions", "screeningQuestions"),
        ("screening_outcomes", "screeningOutcomes"),
        ("trajectory_life_domains", "lifeDomains"),
        ("closure_grounds", "closureGrounds"),
    ],
)
def test_a_setting_that_chooses_from_a_list_starts_with_the_whole_list(setting, list_name):
    assert default_settings()[setting] == tuple(entry.code for entry in load_lists()[list_name].entries)


def test_pending_references_are_never_in_force():
    pending = [record for record in ALL_REFERENCES if record.pending]
    assert {record.key for record in pending} == {
        "professionalSecrecy",
        "caseConsultation",
        "secrecyDuty",
        "lawyerException",
        "terroristOffenses",
    }
    for record in pending:
        assert record.valid_from is None
        assert not any(record.in_force(day) for day in (date.min, TODAY, date.max))
        assert reference_in_force(record.key, date.max) is not record


def test_a_successor_takes_over_from_the_day_that_the_installation_sets():
    day = date(2027, 9, 1)
    entered = {"secrecyDuty": day}
    before = citation("secrecyDuty", "nl", day - timedelta(days=1), entered)
    assert before == "art. 458ter, § 2, Strafwetboek"
    assert citation("secrecyDuty", "nl", day, entered) == "art. 353, § 2, nieuw Strafwetboek"
    assert citation("secrecyDuty", "de", day) == "Art. 458ter § 2 des Strafgesetzbuches"


def test_nothing_is_cited_for_a_day_before_the_law():
    assert citation("flemishDecree.retention", "nl", date(2021, 7, 18)) is None
    assert citation("flemishDecree.retention", "nl", date(2021, 7, 19)) is not None


def test_each_reference_is_cited_in_four_languages_and_names_its_source():
    for record in ALL_REFERENCES:
        assert record.source
        assert len({record.texts.of(language) for language in LANGUAGES}) == len(LANGUAGES), record.key


def test_what_was_loaded_cannot_be_changed():
    entry = load_lists()["phenomena"].entries[0]
    with pytest.raises(FrozenInstanceError):
        entry.code = "other"
    with pytest.raises(TypeError):
        load_lists()["phenomena"] = None
    assert load_lists() is load_lists()


def _list_with(**changes):
    entry = {
        "code": "one",
        "nl": "een",
        "fr": "un",
        "de": "eins",
        "en": "one",
        "valid_from": TODAY,
        "source": "test",
        **changes,
    }
    return {"name": "some", "description": "d", "source": "s", "entry": [entry]}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"code": "One"}, "lowerCamelCase"),
        ({"code": "one_two"}, "lowerCamelCase"),
        ({"de": ""}, "de is empty"),
        ({"de": None}, "de is missing"),
        ({"valid_from": "2022-07-01"}, "not of type date"),
        ({"valid_to": TODAY - timedelta(days=1)}, "ends before"),
        ({"number": True}, "not of type int"),
        ({"colour": "red"}, "unknown colour"),
    ],
)
def test_a_list_that_breaks_its_rules_is_refused(changes, complaint):
    with pytest.raises(ReferenceDataError, match=complaint):
        reference._code_list(_list_with(**changes), "some.toml")


def test_a_code_that_stands_twice_is_refused():
    document = _list_with()
    document["entry"].append(dict(document["entry"][0]))
    with pytest.raises(ReferenceDataError, match="twice"):
        reference._code_list(document, "some.toml")


def test_a_reference_is_either_pending_or_dated():
    texts = {"nl": "a", "fr": "b", "de": "c", "en": "d"}
    base = {"key": "some.law", "subject": "s", "source": "t", "mark": "C", **texts}
    with pytest.raises(ReferenceDataError, match="either pending"):
        reference._legal_reference(dict(base))
    with pytest.raises(ReferenceDataError, match="either pending"):
        reference._legal_reference({**base, "pending": True, "valid_from": TODAY})
    with pytest.raises(ReferenceDataError, match="unknown mark"):
        reference._legal_reference({**base, "valid_from": TODAY, "mark": "Z"})


def test_a_rule_with_an_unknown_tag_or_an_unusable_setting_is_refused():
    texts = {"nl": "a", "fr": "b", "de": "c", "en": "d"}
    base = {"number": 1, "tag": "LAW", "statement": "s.", "legal": [], **texts}
    with pytest.raises(ReferenceDataError, match="tag"):
        reference._rule({**base, "tag": "WISH"})
    with pytest.raises(ReferenceDataError, match="snake_case"):
        reference._rule({**base, "setting": [{"name": "notSnake", "default": 1}]})
    with pytest.raises(ReferenceDataError, match="no usable default"):
        reference._rule({**base, "setting": [{"name": "some_days"}]})
