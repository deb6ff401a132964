"""Mails about what changes in the sales data and at the stores: at once for what each person chose, and as a digest.

Everything is decided from what stands in the tables at the moment: nobody has to send an event, a worker that was
stopped misses nothing, and what was solved meanwhile is not mailed.
"""
