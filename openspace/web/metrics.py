"""The Prometheus metrics of this process; `/metrics` publishes them."""

from prometheus_client import Counter, Gauge, Histogram

CONNECTIONS = Gauge("openspace_connections", "Open pages that listen", multiprocess_mode="livesum")
CHANGES = Counter("openspace_changes", "Changes told to a room")
FAN_OUT = Histogram(
    "openspace_fan_out_seconds",
    "From reading the log to the last phone of the last room",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)
PARKED = Counter("openspace_parked", "Times that a phone fell behind and what was sent to it was parked")
MALFORMED = Counter("openspace_malformed", "Messages of phones that make no sense, each the last of its connection")
SHUT_OUT = Counter("openspace_shut_out", "Phones refused or hung up on: too many, or nobody said who")
CUT = Counter("openspace_cut", "Phones given up because they did not catch up")
UNDER_WAY = Gauge("openspace_requests_under_way", "Requests begun and not answered", multiprocess_mode="livesum")
REFUSED = Counter("openspace_refused", "Requests given up by the server before the app, by reason", ["reason"])
CATCH_UPS = Counter("openspace_catch_ups", "Requests for what a page has missed")
JOBS = Gauge("openspace_jobs", "Jobs in the queue, by state", ["state"], multiprocess_mode="mostrecent")
LAST_BACKUP = Gauge(
    "openspace_last_backup_timestamp_seconds", "When the last nightly backup was made", multiprocess_mode="mostrecent"
)
REQUESTS = Histogram(
    "openspace_request_seconds",
    "From the first to the last line of the app",
    ["endpoint"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)


def under_way() -> int:
    """Return the number of requests that this process has begun and not answered."""
    return int(UNDER_WAY._value.get())
