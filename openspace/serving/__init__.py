"""What lies between the network and the app: connections, their deadlines, and whole requests."""
