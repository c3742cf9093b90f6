"""What the product ships beside code: lexicon, trained models with their cards, evaluation sentences."""
