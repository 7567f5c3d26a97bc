"""入账: an agreed and deposited roster into tables, in sets: who is new, what each household pays, what is written."""
