"""下发的名册: what the office hands to villages, schools and departments to work on."""
