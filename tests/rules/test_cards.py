"""Words by which a card, a list or an evaluation gives itself away; and those that are none (R57, R58)."""

import pytest

from app.rules.cards import names_a_card, names_an_evaluation


@pytest.mark.parametrize(
    "said",
    ["Informatiekaart.pdf", "informatie-kaart van de politie", "Inlichtingenfiche X", "La carte d’information du 3 mars",
     "T.E.R.-lijst 2026", "TER-lijst", "Uittreksel uit de GGB", "extrait de la liste T.E.R.: liste BDC TER", "Informationskarte",
     "INFORMATIEKAARTEN", "GGB T.E.R.", "informatiekaart2026.pdf", "informatiekaart_Verzonnen.pdf", "liste_TER_mars.pdf",
     "la liste TER", "extrait de la liste TER", "de lijst T.E.R.", "lijst van de TER", "gegevensbank T.E.R.",
     "banque de données T.E.R.", "extrait de la BDC", "Auszug aus der GDB", "informatie kaart", "informatie-\nkaart",
     "carte d'infor-\nmation", "cartes d'informations", "informatie\u200dkaart", "infor\u2060matiekaart", "іnformatiekaart",
     "ınformatiekaart", "informatie\u00adkaart", "la liste ter"],
)  # fmt: skip
def test_what_calls_itself_a_card_or_a_list_is_one(said):
    assert names_a_card(said)


@pytest.mark.parametrize(
    "said",
    ["", "Hij liet een kaart van Syrië zien.", "De school gaf informatie. Kaarten waren er niet.", "Verzekeringskaart",
     "Een fiche de renseignements van de school", "Zijn tere lijst van vrienden", "Identiteitskaart", "watermerk",
     "Een lijst ter voorbereiding", "De databank ter plaatse", "Hij kwam ter zitting met een lijst.", "La liste terminée",
     "Sterrenlijst", "Er is informatie. Kaart en plan volgen."],
)  # fmt: skip
def test_ordinary_words_are_none(said):
    assert not names_a_card(said)


@pytest.mark.parametrize(
    "said",
    ["OCAD-evaluatie.docx", "Dreigingsevaluatie maart", "évaluation de la menace", "OCAM_evaluation.pdf",
     "Bedrohungsanalyse", "threat assessment"],
)  # fmt: skip
def test_a_threat_evaluation_is_told_by_its_name(said):
    assert names_an_evaluation(said)


@pytest.mark.parametrize(
    "said", ["Evaluatie van het traject", "Analyse van de thuissituatie", "Overleg OCAD op 3 maart", ""]
)
def test_another_evaluation_is_none(said):
    assert not names_an_evaluation(said)
