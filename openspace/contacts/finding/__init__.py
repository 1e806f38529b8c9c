"""How cards are found in the contact book: filters, search in any spelling, and suggestions of people to meet."""
