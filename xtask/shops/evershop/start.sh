#!/usr/bin/env bash
# Installs (once) and runs an EverShop demo shop on loopback.
#
#   start.sh WORK_FOLDER PORT
#
# Runs in the foreground. When the shop answers with all of its demo products
# it prints one line on standard output:
#     listening on http://127.0.0.1:PORT
# SIGTERM or SIGINT stops the shop and its own PostgreSQL cluster, exit 0.
# Everything else goes to standard error and to WORK_FOLDER/log/.
# A second start reuses the installed packages, the build and the seeded data.
#
# Optional environment:
#   EVERSHOP_LOCK  a package-lock.json to install from (default: the one beside
#                  this script, if there is one; without any, npm resolves)
#   NODE_CONFIG    JSON merged into the shop's configuration at start, such as
#                  {"catalog":{"collectionPageSize":6}} for pages of 6 products
set -euo pipefail

EVERSHOP_VERSION=2.2.1
CONCAT_STREAM_VERSION=2.0.0
DEMO_PRODUCTS=15

[ $# -eq 2 ] || { echo "usage: $0 WORK_FOLDER PORT" >&2; exit 2; }
mkdir -p "$1"
WORK=$(cd "$1" && pwd -P)
PORT=$2
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
APP=$WORK/app
LOG=$WORK/log
mkdir -p "$APP" "$LOG"

T0=$(date +%s)
say() { echo "evershop [$(($(date +%s) - T0))s] $*" >&2; }
die() { say "error: $*"; exit 1; }

# ---------------------------------------------------------------- one at a time
exec 9>"$WORK/lock"
flock -n 9 || die "another run holds $WORK"

# ------------------------------------------------------------- what must be there
pgbin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
need=()
[ -n "$(pgbin)" ] && [ -x "$(pgbin)/initdb" ] || need+=(postgresql)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
if [ ${#need[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || die "missing ${need[*]}; install them or run as root"
  say "installing ${need[*]}"
  # No cluster of the system's own is wanted.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  { DEBIAN_FRONTEND=noninteractive apt-get update &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${need[@]}"; } \
    >"$LOG/apt.log" 2>&1 9>&- || die "apt-get failed, see $LOG/apt.log"
fi
PGBIN=$(pgbin)
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "node 20 or newer is needed"

# PostgreSQL refuses to run as root: as root, its cluster belongs to `postgres`.
if [ "$(id -u)" = 0 ]; then
  as_pg() { (cd / && exec runuser -u postgres -- "$@"); }
else
  as_pg() { (cd / && exec "$@"); }
fi
PG=$WORK/pg
if [ "$(id -u)" = 0 ] && ! as_pg test -x "$WORK"; then
  PG=/var/tmp/evershop-pg-$(printf %s "$WORK" | sha256sum | cut -c1-12)
fi

# ------------------------------------------------------------------------ stopping
SHOP_PID=
stop_shop() { # pid of a group leader
  kill -TERM -- "-$1" 2>/dev/null || return 0
  for _ in $(seq 50); do kill -0 -- "-$1" 2>/dev/null || return 0; sleep 0.1; done
  kill -KILL -- "-$1" 2>/dev/null || true
}
stop_pg() {
  if [ -s "$PG/data/postmaster.pid" ]; then
    as_pg "$PGBIN/pg_ctl" -D "$PG/data" -m fast -w -t 30 stop >>"$LOG/pg_ctl.log" 2>&1 || true
  fi
}
cleanup() {
  trap '' TERM INT HUP
  [ -z "$SHOP_PID" ] || stop_shop "$SHOP_PID"
  rm -f "$WORK/shop.pid"
  stop_pg
}
trap cleanup EXIT
trap 'exit 0' TERM INT HUP

# Started with a pipe as standard input, the shop ends when the pipe does: whoever started it may die without a word.
if [ -p /dev/stdin ]; then
  exec 8<&0
  { cat <&8 >/dev/null; kill -TERM $$; } 9>&- &
  exec 8<&- </dev/null
fi

# What a run that was killed outright left behind (only if it is ours).
if [ -s "$WORK/shop.pid" ]; then
  old=$(cat "$WORK/shop.pid")
  if [ "$(readlink "/proc/$old/cwd" 2>/dev/null)" = "$APP" ]; then stop_shop "$old"; fi
  rm -f "$WORK/shop.pid"
fi
stop_pg

free_port() {
  node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
node -e 'const s=require("net").createServer();s.on("error",e=>{console.error(e.message);process.exit(1)});s.listen(+process.argv[1],"127.0.0.1",()=>s.close())' "$PORT" \
  || die "port $PORT is taken"

# A long step in the background with `wait`, so that a signal is acted on at once.
step() { # log file, command...
  local log=$1 pid rc=0
  shift
  setsid "$@" >"$log" 2>&1 </dev/null 9>&- &
  pid=$!
  SHOP_PID=$pid
  wait "$pid" || rc=$?
  SHOP_PID=
  return $rc
}

# ------------------------------------------------------------------- npm packages
LOCK=${EVERSHOP_LOCK:-$HERE/package-lock.json}
[ -f "$LOCK" ] || LOCK=
want="$EVERSHOP_VERSION $CONCAT_STREAM_VERSION $(node -v) $([ -z "$LOCK" ] || sha256sum <"$LOCK")"
if [ "$(cat "$APP/.installed" 2>/dev/null)" != "$want" ]; then
  rm -rf "$APP/node_modules" "$APP/.evershop" "$APP/package-lock.json" "$APP/.installed" "$APP/.built"
  cat >"$APP/package.json" <<JSON
{
  "name": "evershop-demo-shop",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "dependencies": {
    "@evershop/evershop": "$EVERSHOP_VERSION",
    "concat-stream": "$CONCAT_STREAM_VERSION"
  }
}
JSON
  [ -z "$LOCK" ] || cp "$LOCK" "$APP/package-lock.json"
  say "npm install (about a minute, 460 MB)"
  # Not `npm ci`: it refuses a lock made where the registry lacks some other
  # platform's optional packages. `npm install` keeps to the lock's versions.
  step "$LOG/npm.log" npm install --prefix "$APP" --ignore-scripts --no-audit --no-fund \
    --no-update-notifier --loglevel=error || die "npm failed, see $LOG/npm.log"
  echo "$want" >"$APP/.installed"
fi

# ------------------------------------------------------------ what is put into the shop
# preload.cjs is loaded into every node process, migrate.mjs and furnish.mjs are steps of their own; each says why.
cp "$HERE/preload.cjs" "$HERE/migrate.mjs" "$HERE/furnish.mjs" "$APP/"

mkdir -p "$APP/config"
echo '{"shop":{"language":"en"}}' >"$APP/config/default.json"
mkdir -p "$APP/media" "$APP/public"
export SUPPRESS_STRICTNESS_CHECK=1
export EVERSHOP_HOME_URL=http://127.0.0.1:$PORT
export PORT
export NODE_OPTIONS="--require=$APP/preload.cjs"
EVERSHOP=$APP/node_modules/@evershop/evershop/dist/bin/evershop.js
cd "$APP"

# ----------------------------------------------------------------------- database
export DB_HOST=127.0.0.1 DB_NAME=evershop DB_USER=evershop DB_SSLMODE=disable
if [ ! -f "$PG/seeded" ] || [ ! -d "$APP/media/catalog" ]; then
  say "creating the cluster"
  rm -rf "$PG" "$APP/media" "$APP/public"
  mkdir -p "$APP/media" "$APP/public"
  install -d -m 700 $([ "$(id -u)" != 0 ] || echo "-o postgres") "$PG"
  (umask 077; head -c 18 /dev/urandom | base64 | tr '+/' 'ab' >"$PG/password")
  [ "$(id -u)" != 0 ] || chown postgres "$PG/password"
  as_pg "$PGBIN/initdb" -D "$PG/data" -U evershop -A scram-sha-256 --pwfile="$PG/password" \
    -E UTF8 --locale=C.UTF-8 --no-sync >"$LOG/initdb.log" 2>&1 9>&- || die "initdb failed, see $LOG/initdb.log"
fi
DB_PASSWORD=$(cat "$PG/password")
DB_PORT=$(free_port)
export DB_PASSWORD DB_PORT
as_pg "$PGBIN/pg_ctl" -D "$PG/data" -w -t 60 -l "$PG/server.log" \
  -o "-p $DB_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off" \
  start >"$LOG/pg_ctl.log" 2>&1 9>&- </dev/null || die "PostgreSQL did not start, see $LOG/pg_ctl.log and $PG/server.log"
sql() { PGPASSWORD=$DB_PASSWORD "$PGBIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$DB_PORT" -U evershop -d evershop "$@" 9>&-; }
# How a test reaches the database, to change a price and the like.
(umask 077; printf 'DB_HOST=%s\nDB_PORT=%s\nDB_NAME=%s\nDB_USER=%s\nDB_PASSWORD=%s\n' \
  "$DB_HOST" "$DB_PORT" "$DB_NAME" "$DB_USER" "$DB_PASSWORD" >"$WORK/db.env")

if [ ! -f "$PG/seeded" ]; then
  PGPASSWORD=$DB_PASSWORD "$PGBIN/createdb" -h 127.0.0.1 -p "$DB_PORT" -U evershop evershop 9>&-
  say "migrations"
  step "$LOG/migrate.log" node migrate.mjs || die "migrations failed, see $LOG/migrate.log"
  say "demo data"
  EVERSHOP_DRAW_IMAGES=1 step "$LOG/seed.log" node "$EVERSHOP" seed --all || die "seeding failed, see $LOG/seed.log"
  # Failures inside the seed do not reach its exit code.
  n=$(sql -c "SELECT count(*) FROM product p WHERE EXISTS (SELECT 1 FROM product_image i WHERE i.product_image_product_id = p.product_id)")
  [ "$n" = "$DEMO_PRODUCTS" ] || die "$n products with an image instead of $DEMO_PRODUCTS, see $LOG/seed.log"
  # Addresses. A category's is written by an event worker once the shop runs, and
  # so is a product's, at the same time: which products come out under their
  # category's address would be chance. The seed forgets its page's address.
  sql >&2 <<'SQL' || die "no addresses"
INSERT INTO url_rewrite (entity_type, entity_uuid, request_path, target_path)
  SELECT 'category', c.uuid, '/' || d.url_key, '/category/' || c.uuid
    FROM category c JOIN category_description d ON d.category_description_category_id = c.category_id
  UNION ALL
  SELECT 'cms_page', p.uuid, '/' || d.url_key, '/page/' || d.url_key
    FROM cms_page p JOIN cms_page_description d ON d.cms_page_description_cms_page_id = p.cms_page_id
  ON CONFLICT (entity_uuid) DO NOTHING;
-- Pictures of the blog and of the page that point outside.
UPDATE blog_post SET thumbnail = (SELECT origin_image FROM product_image ORDER BY product_image_id LIMIT 1)
  WHERE thumbnail LIKE 'http%';
UPDATE cms_page_description SET content = regexp_replace(content::text, 'https?://[^"]+[.](jpg|jpeg|png|webp)',
  (SELECT origin_image FROM product_image ORDER BY product_image_id LIMIT 1), 'g');
SQL
  step "$LOG/furnish.log" node furnish.mjs || die "no menu, see $LOG/furnish.log"
  as_pg touch "$PG/seeded"
fi

# -------------------------------------------------------------------------- build
if [ "$(cat "$APP/.built" 2>/dev/null)" != "$want" ]; then
  say "evershop build (a minute and a half)"
  step "$LOG/build.log" node "$EVERSHOP" build || die "build failed, see $LOG/build.log"
  [ -d "$APP/.evershop/build" ] || die "nothing was built, see $LOG/build.log"
  echo "$want" >"$APP/.built"
fi

# --------------------------------------------------------------------------- shop
# The sitemap is kept with absolute addresses, so with an earlier run's port.
rm -rf "$APP"/public/sitemap*.xml "$APP/.evershop/sitemap"
say "starting the shop"
setsid node "$EVERSHOP" start >"$LOG/shop.log" 2>&1 </dev/null 9>&- &
SHOP_PID=$!
echo "$SHOP_PID" >"$WORK/shop.pid"

get() { node -e '
  require("http").get(process.argv[1], r => { r.resume(); r.on("end", () => process.exit(r.statusCode === 200 ? 0 : 1)); })
    .on("error", () => process.exit(1)).setTimeout(20000, function () { this.destroy(new Error("slow")); });' "$1" 2>/dev/null 9>&-; }
# Product addresses are written by an event worker after the first start: until
# then a product's page is a 404 although the home page answers.
ready=
for _ in $(seq 240); do
  kill -0 "$SHOP_PID" 2>/dev/null || { tail -20 "$LOG/shop.log" >&2; die "the shop ended, see $LOG/shop.log"; }
  if [ "$(sql -c "SELECT count(*) FROM url_rewrite WHERE request_path LIKE '/accessories/%'" 2>/dev/null)" = "$DEMO_PRODUCTS" ] &&
     [ "$(sql -c "SELECT count(*) FROM event WHERE status <> 'failed'")" = 0 ] &&
     path=$(sql -c "SELECT request_path FROM url_rewrite WHERE entity_type = 'product' ORDER BY 1 LIMIT 1") &&
     NODE_OPTIONS='' get "http://127.0.0.1:$PORT/" && NODE_OPTIONS='' get "http://127.0.0.1:$PORT$path"; then
    ready=1
    break
  fi
  sleep 0.5 9>&-
done
[ -n "$ready" ] || die "the shop did not answer, see $LOG/shop.log"
say "ready: shop pid $SHOP_PID, database port $DB_PORT, $WORK/db.env"
echo "listening on http://127.0.0.1:$PORT"
wait "$SHOP_PID" || rc=$?
SHOP_PID=
die "the shop ended by itself (${rc:-0}), see $LOG/shop.log"
