"""What training and measuring share: where the public data sets are."""

from pathlib import Path

import click

data_sets_option = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder with the data sets that the models' card names, as NAME.jsonl or NAME.jsonl.gz.",
)
