"""Models: one adapter a vendor, one that runs on this machine, and one that is a function."""
