"""Under which legal references each rule stands, and which of them applies to whom.

Keys point to the dated legal references of the constitution (R8): no article number stands here. A test holds
this table against the reference data. The Flemish decree binds in Flanders alone, the decree of the French Community
its own services alone; where neither a federal text nor one of theirs is known, nothing is cited.
"""

from __future__ import annotations

FLANDERS, FRENCH_COMMUNITY = "flanders", "frenchCommunity"
_FLEMISH, _FRENCH = "flemishDecree.", "frenchDecree."

LEGAL: dict[str, tuple[str, ...]] = {
    "R1": ("livcrAct.purpose", "livcrAct.jointCell"),
    "R2": ("livcrAct.purpose", "flemishDecree.purpose", "flemishDecree.sharing", "terroristOffenses"),
    "R4": ("livcrAct.jointCell", "flemishDecree.controller"),
    "R5": ("flemishDecree.controller",),
    "R6": ("flemishDecree.operations",),
    "R9": ("livcrAct.core", "flemishDecree.voluntary"),
    "R10": ("livcrAct.core", "classificationAct"),
    "R11": ("livcrAct.core",),
    "R14": ("flemishDecree.controller", "dpa.specialCategoryAccess", "dpa.criminalDataAccess"),
    "R15": ("dpa.specialCategoryAccess", "dpa.criminalDataAccess"),
    "R16": ("livcrAct.consultationStructure", "secrecyDuty"),
    "R17": ("secrecyDuty",),
    "R18": ("flemishDecree.operations", "flemishDecree.controller"),
    "R20": ("gdpr.security",),
    "R22": ("livcrAct.invited", "flemishDecree.participants", "frenchDecree.services"),
    "R23": ("flemishDecree.residualClause",),
    "R24": ("livcrAct.invited", "flemishDecree.definitions", "flemishDecree.voluntary"),
    "R25": ("livcrAct.invited",),
    "R26": ("frenchDecree.notice",),
    "R27": ("frenchDecree.invitation",),
    "R28": ("frenchDecree.addressee", "frenchDecree.participation"),
    "R29": ("frenchDecree.invitation", "frenchDecree.children"),
    "R31": ("flemishDecree.voluntary", "frenchDecree.participation"),
    "R32": ("flemishDecree.voluntary", "volunteersAct"),
    "R33": ("flemishDecree.voluntary", "secrecyDuty"),
    "R34": ("frenchDecree.nonAttendance",),
    "R35": ("frenchDecree.careRelation",),
    "R36": ("flemishDecree.permanentRepresentative", "frenchDecree.participation", "frenchDecree.briefing"),
    "R37": ("gdpr.security", "frenchDecree.invitation"),
    "R38": ("frenchDecree.briefing",),
    "R39": ("flemishDecree.registration", "secrecyDuty"),
    "R40": ("livcrAct.list", "intelligenceAct.radicalizationProcess"),
    "R41": ("livcrAct.list",),
    "R42": ("livcrAct.list", "flemishDecree.categories", "flemishDecree.dataSubjects"),
    "R45": ("flemishDecree.retention",),
    "R46": ("flemishDecree.retention",),
    "R47": ("gdpr.automatedDecision", "dpa.automatedDecision"),
    "R49": ("flemishDecree.dataSubjects",),
    "R50": (
        "frenchDecree.invitation",
        "frenchDecree.participation",
        "frenchDecree.children",
        "terAct.entity",
    ),
    "R51": ("flemishDecree.categories",),
    "R52": (
        "flemishDecree.legalBasis",
        "gdpr.specialCategories",
        "gdpr.criminalData",
        "dpa.specialCategoryAccess",
        "dpa.criminalDataAccess",
    ),
    "R53": ("dpa.securityOrigin", "dpa.policeOrigin", "frenchDecree.sourceOfData"),
    "R54": ("frenchDecree.contacts",),
    "R55": ("gdpr.accuracy",),
    "R56": ("terAct.unclassified", "terAct.informationCard", "classificationAct"),
    "R57": ("terAct.cardUse", "terAct.extractedLists", "livcrAct.informationCard"),
    "R58": ("terAct.threatEvaluation",),
    "R59": ("dpa.securityOrigin",),
    "R60": ("flemishDecree.purpose", "flemishDecree.sharing", "secrecyDuty"),
    "R61": ("livcrAct.list",),
    "R62": ("livcrAct.feedbackSheet", "secrecyDuty"),
    "R64": ("flemishDecree.sharing", "frenchDecree.sharing"),
    "R65": ("flemishDecree.sharing",),
    "R68": ("flemishDecree.operations",),
    "R69": ("flemishDecree.retention",),
    "R71": ("livcrAct.trajectory",),
    "R77": ("frenchDecree.sharing", "frenchDecree.briefing"),
    "R78": ("livcrAct.feedbackSheet",),
    "R79": ("livcrAct.feedbackSheet",),
    "R80": ("livcrAct.feedbackSheet", "terAct.baseServices", "terAct.supervisors"),
    "R81": ("livcrAct.feedbackSheet",),
    "R82": ("dpa.transferNotTold",),
    "R86": ("flemishDecree.retention", "frenchDecree.retention"),
    "R87": ("flemishDecree.extension", "frenchDecree.retention"),
    "R88": ("flemishDecree.extension",),
    "R89": ("flemishDecree.retention",),
    "R90": ("flemishDecree.retention",),
    "R91": ("flemishDecree.retention", "flemishDecree.extension"),
    "R92": ("flemishDecree.retention",),
    "R95": ("flemishDecree.controller", "flemishDecree.retention"),
    "R96": ("flemishDecree.retention",),
    "R97": ("flemishDecree.rights",),
    "R98": ("flemishDecree.rights", "frenchDecree.rights"),
    "R99": ("dpa.securityOrigin", "dpa.policeOrigin"),
    "R100": ("flemishDecree.rights", "frenchDecree.rights", "dpa.securityOrigin", "dpa.policeOrigin"),
    "R101": ("flemishDecree.rights",),
    "R102": ("flemishDecree.rights", "gdpr.restrictions"),
    "R103": ("flemishDecree.transparency",),
    "R104": ("gdpr.processingRecord", "gdpr.impactAssessment", "dpa.impactAssessment"),
    "R105": ("dpa.logging",),
    "R106": ("dpa.logUse",),
    "R108": ("gdpr.breach", "gdpr.breachToPerson"),
    "R109": ("gdpr.security",),
    "R112": ("frenchDecree.statistics", "frenchDecree.evaluation"),
    "R113": ("livcrAct.noProcessing", "flemishDecree.categories", "nationalRegister.use"),
}


def legal_basis(number: str, profile: str = FLANDERS, regime: str = "") -> str:
    """Give the key of the legal reference behind an R-number for an act; empty where none is known.

    In: the jurisdiction profile of the municipality whose data it is about, and the regime of the service of who acts.
    """
    keys = LEGAL.get(number, ())
    if all(key.startswith(_FRENCH) for key in keys):
        return keys[0] if keys else ""  # about services of the French Community, whoever acts
    if regime == FRENCH_COMMUNITY and (own := [key for key in keys if key.startswith(_FRENCH)]):
        return own[0]
    bound = profile == FLANDERS and regime != FRENCH_COMMUNITY
    fits = [key for key in keys if not key.startswith(_FRENCH) and (bound or not key.startswith(_FLEMISH))]
    return fits[0] if fits else ""
