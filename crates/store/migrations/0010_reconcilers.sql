-- How each reconciler fares, over all processes on this database: for `creel doctor`, which is a process of its own.
CREATE TABLE reconcilers (
    name TEXT PRIMARY KEY NOT NULL,
    passes BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    -- Rows that its passes changed.
    changed BIGINT NOT NULL,
    passed_at BIGINT,
    failed_at BIGINT,
    error TEXT
);

-- When the process that holds a run took it.
ALTER TABLE runs ADD COLUMN claimed_at BIGINT;

-- When the organization's whole ledger was recomputed last; null before the first time.
ALTER TABLE organizations ADD COLUMN ledger_checked_at BIGINT;
