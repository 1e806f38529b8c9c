"""The facilitator's console: board and market in hand, undo and redo, what waits for a decision."""
