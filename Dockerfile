FROM python:3.13-slim
WORKDIR /srv/livcr
COPY requirements.lock requirements.in pyproject.toml README.md ./
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY app app
COPY migrations migrations
COPY examples examples
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && useradd --system --create-home livcr && mkdir /data && chown livcr /data
USER livcr
EXPOSE 8000
CMD ["livcr", "serve"]
