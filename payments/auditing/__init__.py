"""核账: every promise about money, asked of the database once more; what is broken is named row by row."""
