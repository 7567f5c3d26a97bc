"""机构的页面: doors, staff, the acts log, the demonstration clock."""
