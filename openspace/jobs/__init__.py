"""Work after and beside requests: a queue of jobs in the database, and periodic tasks that run once for all servers."""
