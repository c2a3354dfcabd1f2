"""`python -m autallo` does what the command `autallo` does."""

from autallo.cli import main

if __name__ == "__main__":
    main()
