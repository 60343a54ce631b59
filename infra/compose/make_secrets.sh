#!/bin/sh
# Writes the secrets that compose.yaml hands to its containers: made once, never overwritten, kept out of git.
#   sh infra/compose/make_secrets.sh [FOLDER]
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"

random_hex() { od -A n -N 24 -t x1 /dev/urandom | tr -d ' \n'; }

# One line without an end: some images read the whole file as the password.
once() { [ -s "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }

once postgres_password "$(random_hex)"
once valkey_password "$(random_hex)"
once grafana_password "$(random_hex)"
once adplat_notice_secrets "$(random_hex)"
once adplat_database_url "postgresql://adplat:$(cat "$folder/postgres_password")@postgres:5432/adplat"
once adplat_redis_url "redis://:$(cat "$folder/valkey_password")@valkey:6379/0"
# Prometheus' key is the service's to make, once it has a database: see compose.yaml.
once adplat_watch_key none-yet

# The containers run as users of their own and read these as files: the folder keeps everybody else out.
chmod 0700 "$folder"
chmod 0644 "$folder"/*
echo "secrets are in $folder"
