"""``python -m automl``: the same as the console script ``automl``."""

from automl.cli.run import main

if __name__ == "__main__":
    main()
