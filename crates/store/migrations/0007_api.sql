-- A build waits, is worked on by one process at a time, then ends.
ALTER TABLE robot_builds ADD COLUMN leased_by TEXT;
ALTER TABLE robot_builds ADD COLUMN lease_expires_at BIGINT;
CREATE INDEX robot_builds_open ON robot_builds (host, country_code) WHERE ended_at IS NULL;

-- What was answered to a request that carried an Idempotency-Key, written in the transaction that did what it answers for.
CREATE TABLE idempotency_keys (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    idempotency_key TEXT NOT NULL,
    -- Of the operation and the body: the same key with another request is refused.
    request_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, idempotency_key)
);
CREATE INDEX idempotency_keys_oldest ON idempotency_keys (created_at);

-- One bucket of tokens an organization, in thousandths, as it was at an instant; it fills with time.
CREATE TABLE rate_buckets (
    organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id),
    tokens BIGINT NOT NULL CHECK (tokens >= 0),
    counted_at BIGINT NOT NULL
);
