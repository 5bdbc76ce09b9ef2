-- A number for each value that captures are filtered by (an organization, a run, a store, a brand and so on), with how many
-- listed captures have it.
CREATE TABLE facets (
    id INTEGER PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    captures BIGINT NOT NULL CHECK (captures >= 0),
    UNIQUE (organization_id, kind, value)
);

-- One narrow row for each capture: its facets, and what it is sorted by.
CREATE TABLE listing (
    number INTEGER PRIMARY KEY NOT NULL,
    capture_id TEXT NOT NULL UNIQUE,
    of_all BIGINT NOT NULL,
    of_run BIGINT,
    of_robot BIGINT,
    of_import BIGINT,
    of_store BIGINT NOT NULL,
    of_brand BIGINT,
    of_currency BIGINT,
    of_available BIGINT NOT NULL,
    extracted_at BIGINT NOT NULL,
    min_price BIGINT NOT NULL,
    title TEXT NOT NULL,
    -- What is sorted by, in coarse steps.
    time_block BIGINT NOT NULL,
    price_block BIGINT NOT NULL,
    title_block TEXT NOT NULL
);

-- The words of each listed capture, with a space before and after each, and the index over them. There a word stands behind
-- its organization's number, so that the rare word of one organization is not looked for among another's.
CREATE TABLE listing_words (
    number INTEGER PRIMARY KEY NOT NULL,
    words TEXT NOT NULL
);
CREATE VIRTUAL TABLE listing_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars ':'"
);
