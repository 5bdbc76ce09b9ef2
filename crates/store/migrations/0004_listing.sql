-- What lists of captures are made from. Settle writes none of it: `follow_captures` fills it behind the commit, and a list merges
-- what it has not filled yet, so that a list is exact at every instant.

-- Everything of the organization that was stored before this instant is in `listing`.
CREATE TABLE listing_progress (
    organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id),
    through_at BIGINT NOT NULL
);

-- A run that was deleted is gone from lists and kept for the ledger's explanations; what it had is erased in pieces.
ALTER TABLE runs ADD COLUMN deleted_at BIGINT;
ALTER TABLE runs ADD COLUMN erased_at BIGINT;
CREATE INDEX runs_to_erase ON runs (id) WHERE deleted_at IS NOT NULL AND erased_at IS NULL;
