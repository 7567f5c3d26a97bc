"""第二道墙: what the application's role may do to each table, and which of its rows it sees (decision 0019)."""
