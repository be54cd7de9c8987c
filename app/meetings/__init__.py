"""The consultation itself: agenda, invitations, attendance, minutes."""
