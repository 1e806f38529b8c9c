"""What takes an event as a whole out of the house: its programme for conference apps."""
