"""How a card is found in the contact book: filters, search in any spelling, and suggestions."""
