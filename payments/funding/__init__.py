"""资助与补助: what departments and budgets are asked for, and what came in."""
