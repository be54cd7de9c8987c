"""The strategic and the tactical table: topics, meetings on them, the policy plan; never a person (R6)."""
