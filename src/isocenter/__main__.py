"""`python -m isocenter` is the command `isocenter`."""

from isocenter.cli.main import main

main()
