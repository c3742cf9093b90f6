"""What training and measuring share: where the public data sets are."""

from pathlib import Path

import click

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_HELP = "The folder with the data sets that the models' card names, as NAME.jsonl or NAME.jsonl.gz."

data_sets_option = click.option("--data", type=_FOLDER, required=True, metavar="DIR", help=_HELP)
optional_data_sets = click.option("--data", type=_FOLDER, metavar="DIR", help=_HELP)
