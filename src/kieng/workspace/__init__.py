"""A workspace put together: its folder of text, its ledger, its figures and their explanations."""
