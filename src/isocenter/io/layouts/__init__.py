"""Folders of other tools, one layout a file. The file's name is the name; each ends in LAYOUT."""
