"""The search for good candidates under a deadline, in worker processes that can be killed."""
