# One image for every kind of process; compose.yaml says which command makes it which.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PROMETHEUS_MULTIPROC_DIR=/metrics
WORKDIR /app
RUN useradd --system --uid 10001 grapevine && install -d -o grapevine /metrics /app/.staticfiles

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY --chown=grapevine . .
USER grapevine
# Collecting needs settings, but none of their secrets: these are thrown away with the layer's shell.
RUN GRAPEVINE_MODE=production DATABASE_URL=postgres://none REDIS_URL=redis://none BROKER_URL=redis://none \
    ALLOWED_HOSTS=none SECRET_KEY=$(head -c 64 /dev/urandom | base64 -w0) \
    FIELD_ENCRYPTION_KEYS=$(head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_') \
    LOOKUP_HASH_KEY=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n') \
    python manage.py collectstatic --no-input

EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8", \
     "--worker-class", "gthread", "--graceful-timeout", "25"]
