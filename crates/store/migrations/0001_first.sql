-- Ids are text (UUID), credits and instants (milliseconds since 1970, UTC) are 64-bit integers, money is the amount x 10^4
-- in 64 bits beside the JSON that keeps the page's own digits. Flags are 0 or 1.

CREATE TABLE organizations (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The end of the organization's entry chain; moves only in the transaction that appends the entry.
    sequence BIGINT NOT NULL DEFAULT 0,
    available BIGINT NOT NULL DEFAULT 0 CHECK (available >= 0),
    held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
    last_entry_at BIGINT NOT NULL,
    last_hash TEXT NOT NULL
);

CREATE TABLE lots (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    source TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    remaining BIGINT NOT NULL CHECK (remaining >= 0 AND remaining <= amount),
    expires_at BIGINT,
    granted_sequence BIGINT NOT NULL,
    UNIQUE (organization_id, granted_sequence)
);
CREATE INDEX lots_open ON lots (organization_id) WHERE remaining > 0;

CREATE TABLE ledger_entries (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL CHECK (balance_after >= 0),
    reference_type TEXT NOT NULL,
    reference_id TEXT NOT NULL,
    description TEXT NOT NULL,
    actor TEXT NOT NULL,
    lots TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (organization_id, sequence)
);
-- A second line behind the code: one debit for one thing. That nothing is ever rewritten stands in the engine's own file.
CREATE UNIQUE INDEX ledger_one_debit ON ledger_entries (organization_id, reference_type, reference_id) WHERE kind = 'debit';

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- What the installation knows about a shop; a private one belongs to one organization and is not shared.
CREATE TABLE programs (
    id TEXT PRIMARY KEY NOT NULL,
    host TEXT NOT NULL,
    country_code TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (host, country_code, owner)
);

CREATE TABLE robots (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    program_id TEXT NOT NULL REFERENCES programs (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organization_id, program_id)
);

CREATE TABLE robot_builds (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    robot_id TEXT REFERENCES robots (id) ON DELETE SET NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    country_code TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX robot_builds_newest ON robot_builds (organization_id, id);

CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    robot_id TEXT NOT NULL,
    api_key_id TEXT,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    country_code TEXT NOT NULL,
    program TEXT NOT NULL,
    start_urls TEXT NOT NULL,
    settings TEXT NOT NULL,
    budget BIGINT,
    status TEXT NOT NULL,
    end_reason TEXT,
    error_code TEXT,
    error_message TEXT,
    extracted BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    pages_fetched BIGINT NOT NULL DEFAULT 0,
    pages_failed BIGINT NOT NULL DEFAULT 0,
    pages_blocked BIGINT NOT NULL DEFAULT 0,
    credits_spent BIGINT NOT NULL DEFAULT 0,
    -- The one process that crawls it now; another may take over once the lease is past or its process is known to be gone.
    leased_by TEXT,
    lease_expires_at BIGINT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    CHECK (budget IS NULL OR extracted <= budget)
);
CREATE INDEX runs_newest ON runs (organization_id, id);
CREATE INDEX runs_alive ON runs (status, id) WHERE ended_at IS NULL;

-- The frontier and the record of a run's pages in one: a page is queued, leased, then done with its outcome.
CREATE TABLE pages (
    run_id TEXT NOT NULL REFERENCES runs (id),
    url TEXT NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    priority BIGINT NOT NULL,
    position BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    shape TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    leased_by TEXT,
    lease_expires_at BIGINT,
    kind TEXT,
    outcome TEXT,
    reason TEXT,
    error_code TEXT,
    status_code BIGINT,
    capture_id TEXT,
    done_at BIGINT,
    PRIMARY KEY (run_id, url)
);
CREATE INDEX pages_queue ON pages (run_id, state, priority DESC, position);
CREATE INDEX pages_done ON pages (run_id, done_at, url) WHERE state = 'done';

CREATE TABLE captures (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    run_id TEXT,
    robot_id TEXT,
    import_id TEXT,
    store TEXT NOT NULL,
    url TEXT NOT NULL,
    -- The page's own address in canonical form, and the one that counts (rel=canonical where it is believed).
    page_url TEXT NOT NULL,
    canonical_url TEXT NOT NULL,
    country_code TEXT NOT NULL,
    extracted_at BIGINT NOT NULL,
    product_id TEXT,
    title TEXT NOT NULL,
    title_normalized TEXT NOT NULL,
    brand TEXT,
    min_price BIGINT,
    max_price BIGINT,
    currency TEXT,
    available BIGINT NOT NULL,
    content TEXT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (run_id, canonical_url)
);
CREATE UNIQUE INDEX captures_product ON captures (run_id, product_id, title_normalized) WHERE product_id IS NOT NULL;
CREATE INDEX captures_newest ON captures (organization_id, extracted_at, id);
CREATE INDEX captures_of_run ON captures (run_id, id);
