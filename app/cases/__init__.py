"""The file: subject, statements, trajectory and actions, closing."""
