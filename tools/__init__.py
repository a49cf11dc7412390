"""The workshop: what makes the book's website, README and downloads from its notebooks, and checks them.

A folder is a stage of the work, in the order in which a notebook goes through it; imports point back along it only:
book → renderer → pages → checks. `python -m tools` lists the commands.
"""
