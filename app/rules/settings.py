"""The settings that the local cooperation agreement fixes, each with default, bounds and R-number.

[POLICY] rules only. A bound that rests on law carries it in *law*: a setting may be stricter than the law,
never wider (domain, section 5).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: unit is minutes, hours, days, months, count or yesno; bounds are inclusive."""

    default: int
    least: int
    most: int
    unit: str
    number: str
    law: str = ""
    more: bool = False
    """Whether the larger value is the stricter one; otherwise it is the smaller."""


SETTINGS: dict[str, Setting] = {
    "listing_by_delegate": Setting(0, 0, 1, "yesno", "R41"),
    "undertaking_renewal_days": Setting(365, 1, 365, "days", "R17"),
    "break_glass": Setting(0, 0, 1, "yesno", "R21"),
    "break_glass_minutes": Setting(60, 15, 240, "minutes", "R21"),
    "participant_window_hours": Setting(2, 0, 24, "hours", "R19"),
    "extract_days": Setting(14, 0, 31, "days", "R68"),
    "extract_download": Setting(0, 0, 1, "yesno", "R68"),
    "minutes_remark_days": Setting(7, 1, 31, "days", "R67"),
    "card_mention_note": Setting(0, 0, 1, "yesno", "R59"),
    "feedback_answer_days": Setting(7, 1, 14, "days", "R79"),
    "feedback_supervisors": Setting(1, 0, 1, "yesno", "R80"),
    "registration_alert_days": Setting(14, 1, 60, "days", "R45"),
    "registration_limit_days": Setting(90, 14, 90, "days", "R45"),
    "not_listed_days": Setting(30, 0, 30, "days", "R46"),
    "licensed_instruments": Setting(0, 0, 1, "yesno", "R75"),
    "review_months": Setting(3, 1, 6, "months", "R76"),
    "extension_review_months": Setting(12, 1, 12, "months", "R89"),
    "case_term_days": Setting(365, 30, 365, "days", "R86", law="flemishDecree.retention"),
    "hand_over": Setting(1, 0, 1, "yesno", "R84"),
    "hand_over_days": Setting(14, 1, 31, "days", "R84"),
    "contact_term_days": Setting(180, 1, 365, "days", "R49", law="flemishDecree.retention"),
    "retention_lock_days": Setting(14, 0, 30, "days", "R90", more=True),
    "invitation_notice_days_flemish": Setting(0, 0, 31, "days", "R30", more=True),
    "answer_reminder_days": Setting(3, 1, 14, "days", "R37"),
    "action_reminder_days": Setting(3, 1, 14, "days", "R73"),
    "invitation_notice_days_french": Setting(14, 14, 60, "days", "R26", law="frenchDecree.notice", more=True),
}


def setting(fixed: dict[str, int], name: str) -> int:
    """Give a setting's value: what the agreement in force fixed, else the default.

    In: the values fixed by the agreement, the setting's name. A value outside its bounds (an agreement from
    before a bound was tightened) is brought back to the nearest lawful value.
    """
    row = SETTINGS[name]
    return min(max(fixed.get(name, row.default), row.least), row.most)


def strictest(*versions: dict[str, int]) -> dict[str, int]:
    """Give every setting as the strictest of these versions has it."""
    return {
        name: (max if row.more else min)(setting(fixed, name) for fixed in versions)
        for name, row in SETTINGS.items()
    }


def faults(fixed: dict[str, int]) -> dict[str, str]:
    """Give for each unlawful or unknown value why an agreement cannot fix it."""
    found: dict[str, str] = {}
    for name, value in fixed.items():
        row = SETTINGS.get(name)
        if row is None:
            found[name] = "unknown setting"
        elif not row.least <= value <= row.most:
            found[name] = f"must be from {row.least} to {row.most} ({row.number})"
    return found
