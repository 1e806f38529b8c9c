"""The server: processes, connections with deadlines, complete requests, health and metrics."""
