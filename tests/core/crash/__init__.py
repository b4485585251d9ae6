"""A small app for the worker that tests kill: jobs that stop in the middle until they are told to go on."""
