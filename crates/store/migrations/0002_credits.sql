-- Holds, disputes, refunds, limits, notices, schedules that sleep without credits, and a ledger that was found broken.

ALTER TABLE organizations ADD COLUMN cycle_starts_at BIGINT;
ALTER TABLE organizations ADD COLUMN cycle_ends_at BIGINT;
-- What the thresholds are percents of: the credits granted since the cycle began; without a cycle, the last grant.
ALTER TABLE organizations ADD COLUMN threshold_base BIGINT NOT NULL DEFAULT 0;
-- The percents that were said already, separated by commas.
ALTER TABLE organizations ADD COLUMN thresholds_raised TEXT NOT NULL DEFAULT '';
-- Set where verification found the ledger broken: no debit until it verifies again.
ALTER TABLE organizations ADD COLUMN ledger_frozen_at BIGINT;
ALTER TABLE organizations ADD COLUMN ledger_fault TEXT;
-- Whether any key, robot or schedule has a limit.
ALTER TABLE organizations ADD COLUMN has_limits BIGINT NOT NULL DEFAULT 0;
-- The lot of an installation that does not bill, while it does not.
ALTER TABLE organizations ADD COLUMN unmetered_lot_id TEXT;

UPDATE organizations SET threshold_base = COALESCE((SELECT amount FROM lots l WHERE l.organization_id = organizations.id
    ORDER BY granted_sequence DESC LIMIT 1), 0);

ALTER TABLE lots ADD COLUMN frozen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lots ADD COLUMN revoke_due BIGINT NOT NULL DEFAULT 0 CHECK (revoke_due >= 0);
CREATE INDEX lots_ending ON lots (expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL;

CREATE TABLE holds (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    reference_type TEXT NOT NULL,
    reference_id TEXT NOT NULL,
    parts TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    debited BIGINT NOT NULL DEFAULT 0 CHECK (debited >= 0),
    shortfall BIGINT NOT NULL DEFAULT 0 CHECK (shortfall >= 0)
);
CREATE INDEX holds_open ON holds (organization_id) WHERE state = 'open';
CREATE INDEX holds_ending ON holds (ends_at) WHERE state = 'open';

-- How much may be spent through a key, a robot or a schedule, and what was spent in the period that began at counted_since.
CREATE TABLE credit_limits (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    period TEXT NOT NULL,
    counted_since BIGINT NOT NULL,
    spent BIGINT NOT NULL DEFAULT 0 CHECK (spent >= 0),
    PRIMARY KEY (organization_id, subject, subject_id)
);

CREATE TABLE schedules (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    robot_id TEXT NOT NULL,
    name TEXT NOT NULL,
    interval_amount BIGINT NOT NULL CHECK (interval_amount > 0),
    interval_unit TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Null after a pause: the next future tick, which the scheduler works out.
    next_run_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX schedules_newest ON schedules (organization_id, id);

ALTER TABLE runs ADD COLUMN schedule_id TEXT;

-- What is to be told to somebody outside, written in the transaction that it tells of.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_newest ON outbox (organization_id, id);

-- A page whose capture could be paid but for a hold waits for the hold's end.
ALTER TABLE pages ADD COLUMN waits_for_hold BIGINT NOT NULL DEFAULT 0;
CREATE INDEX pages_waiting ON pages (run_id) WHERE waits_for_hold = 1;

-- The few captures whose own address is not the one that counts.
CREATE INDEX captures_own_address ON captures (run_id, page_url) WHERE page_url <> canonical_url;

-- Each of these serves one kind of look and cannot be taken for another: a planner that knows nothing yet of a young table
-- would else read all pages or captures of a run where it should look one up by its address.
DROP INDEX pages_queue;
CREATE INDEX pages_queue ON pages (run_id, priority DESC, position) WHERE state = 'queued';
CREATE INDEX pages_leased ON pages (run_id) WHERE state = 'leased';
DROP INDEX captures_of_run;
CREATE INDEX captures_of_run ON captures (run_id, id) WHERE deleted_at IS NULL;
