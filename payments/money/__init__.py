"""资金: the day-end, the way up, where every yuan is, and the books for the accountant."""
