# The app alone: with SQLite in /data, or with DATABASE_URL on PostgreSQL.
# Pin the image by its digest: docs/deploy.md tells how.
ARG PYTHON_IMAGE=python:3.12-slim
FROM ${PYTHON_IMAGE}
WORKDIR /app
# Just what was tested, byte for byte; first, so that it is fetched again only when it changes.
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY setup.cfg pyproject.toml README.md wsgi.py ./
COPY openspace openspace
COPY templates templates
COPY static static
# The guide that the organiser's page shows.
COPY docs/organising docs/organising
COPY docs/organising*.md docs/
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . && useradd --system --home /app openspace && install -d -o openspace /data
USER openspace
ENV OPENSPACE_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["openspace", "run", "--host", "0.0.0.0", "--port", "8000"]
