"""监控: what a machine may ask about the application: does it live, is it ready, how much of what."""
