"""纸面: fonts and sheets, and what is drawn on them: receipts, forms, checklists, slips."""
