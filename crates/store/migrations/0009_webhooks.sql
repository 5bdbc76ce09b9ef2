-- Events go out: to the webhooks of their organization, and as mail to those members who want it.

-- Whether an event has become deliveries and mails. A mark and no position: an event whose transaction commits late is found all the
-- same. What happened before there were webhooks is told to nobody.
ALTER TABLE outbox ADD COLUMN fanned_out BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET fanned_out = 1;
CREATE INDEX outbox_waiting ON outbox (created_at, id) WHERE fanned_out = 0;
CREATE INDEX outbox_oldest ON outbox (created_at);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- A list of kinds; an empty one stands for all.
    events TEXT NOT NULL,
    status TEXT NOT NULL,
    disabled_reason TEXT,
    -- In clear, since every request is signed with it. Nothing reads it out but signing.
    secret TEXT NOT NULL,
    -- Signs beside the new one until then.
    previous_secret TEXT,
    previous_valid_until BIGINT,
    rotated_at BIGINT,
    created_at BIGINT NOT NULL,
    -- Its deliveries stay behind until they are old.
    deleted_at BIGINT,
    -- The last success, and the first failure since.
    delivered_at BIGINT,
    failing_since BIGINT,
    -- Of the newest delivery: its number, and when its first attempt was due at the earliest.
    last_position BIGINT NOT NULL DEFAULT 0,
    last_due_at BIGINT NOT NULL DEFAULT 0,
    -- When the next attempt is due; null where there is none, or none may be made.
    due_at BIGINT,
    -- Whoever sends has the whole endpoint, so that it gets one request at a time.
    leased_by TEXT,
    lease_expires_at BIGINT
);
CREATE INDEX webhooks_newest ON webhooks (organization_id, id) WHERE deleted_at IS NULL;
CREATE INDEX webhooks_due ON webhooks (due_at, id) WHERE due_at IS NOT NULL;

-- One event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    webhook_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event TEXT NOT NULL,
    -- In the order of events.
    position BIGINT NOT NULL,
    status TEXT NOT NULL,
    -- All that were made, and those since the first or the last replay.
    attempts BIGINT NOT NULL DEFAULT 0,
    tries BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, not_before, position) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_oldest ON webhook_deliveries (created_at);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);

-- Written before the request is sent, completed after: one without an end was cut off, or is being made.
CREATE TABLE webhook_attempts (
    delivery_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    at BIGINT NOT NULL,
    status_code BIGINT,
    -- The beginning of the answer's body.
    answer TEXT,
    error TEXT,
    duration_ms BIGINT,
    PRIMARY KEY (delivery_id, number)
);

-- Which notices a member wants by mail; null for what their role has by default.
ALTER TABLE memberships ADD COLUMN notice_credits BIGINT;
ALTER TABLE memberships ADD COLUMN notice_failed_runs BIGINT;
ALTER TABLE memberships ADD COLUMN notice_schedules BIGINT;
ALTER TABLE memberships ADD COLUMN notice_webhooks BIGINT;

-- A notice is a mail of an organization to a person. One about an event stands once, whatever crashes.
ALTER TABLE mails ADD COLUMN organization_id TEXT;
ALTER TABLE mails ADD COLUMN details TEXT;
ALTER TABLE mails ADD COLUMN notice_key TEXT;
CREATE UNIQUE INDEX mails_of_notice ON mails (notice_key) WHERE notice_key IS NOT NULL;
CREATE INDEX mails_to_member ON mails (organization_id, subject_id, kind, created_at) WHERE organization_id IS NOT NULL;
