"""What both doors, JSON and pages, share."""
