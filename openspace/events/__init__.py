"""Events: the tables to which everything belongs (event, slot, space), and the rules of their days and times."""
