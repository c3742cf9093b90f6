"""What the product ships beside code: lexicon, FAQ, trained models with their cards, evaluation sentences."""
