"""造县: a whole invented county, written in sets, to see how the system works at its real size."""
