-- What the ledger granted and debited since it began, moved in the statement that moves the balance, so that a balance is read
-- without reading the ledger; and the same as they stood when the billing cycle began.
ALTER TABLE organizations ADD COLUMN granted_total BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN spent_total BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN cycle_granted_base BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN cycle_spent_base BIGINT NOT NULL DEFAULT 0;

UPDATE organizations SET
    granted_total = (SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM ledger_entries e
        WHERE e.organization_id = organizations.id AND e.kind IN ('grant', 'adjust') AND e.amount > 0),
    spent_total = (SELECT CAST(COALESCE(SUM(-e.amount), 0) AS BIGINT) FROM ledger_entries e
        WHERE e.organization_id = organizations.id AND e.kind = 'debit'),
    cycle_granted_base = (SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM ledger_entries e
        WHERE e.organization_id = organizations.id AND e.kind IN ('grant', 'adjust') AND e.amount > 0
        AND e.at < organizations.cycle_starts_at),
    cycle_spent_base = (SELECT CAST(COALESCE(SUM(-e.amount), 0) AS BIGINT) FROM ledger_entries e
        WHERE e.organization_id = organizations.id AND e.kind = 'debit' AND e.at < organizations.cycle_starts_at);
