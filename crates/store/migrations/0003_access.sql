-- Who may do what: people, their memberships, sessions, keys with roles, invitations, links that work once, the outbox of mail
-- and the audit log. No secret stands here in clear: keys, sessions and links are kept as the SHA-256 of 256 random bits,
-- passwords as argon2id.

CREATE TABLE people (
    id TEXT PRIMARY KEY NOT NULL,
    -- As the person wrote it; mail goes there.
    email TEXT NOT NULL,
    -- In lower case: by this a person is found.
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Null where a person signs in through a provider only.
    password_hash TEXT,
    email_verified_at BIGINT,
    -- The organization that is made when the address is verified.
    wanted_organization TEXT,
    created_at BIGINT NOT NULL
);

-- A person as a provider of OpenID Connect knows them.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_of_person ON identities (person_id);

CREATE TABLE memberships (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, person_id)
);
CREATE INDEX memberships_of_person ON memberships (person_id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The one that is looked at; whether the person is a member of it is asked anew each time.
    organization_id TEXT REFERENCES organizations (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT,
    address TEXT
);
CREATE INDEX sessions_of_person ON sessions (person_id, created_at);
CREATE INDEX sessions_ending ON sessions (expires_at);

ALTER TABLE api_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'member';
-- The first letters of the secret, by which its holder recognises it.
ALTER TABLE api_keys ADD COLUMN hint TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN expires_at BIGINT;
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
ALTER TABLE api_keys ADD COLUMN rotated_at BIGINT;
-- The secret before the last rotation, while it still works beside the new one.
ALTER TABLE api_keys ADD COLUMN previous_secret_hash TEXT;
ALTER TABLE api_keys ADD COLUMN previous_valid_until BIGINT;
-- Keys could do everything before there were roles.
UPDATE api_keys SET role = 'owner';
CREATE INDEX api_keys_previous ON api_keys (previous_secret_hash) WHERE previous_secret_hash IS NOT NULL;
CREATE INDEX api_keys_newest ON api_keys (organization_id, id);

CREATE TABLE invitations (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX invitations_newest ON invitations (organization_id, id);
CREATE UNIQUE INDEX invitations_open ON invitations (organization_id, email_key)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_waiting ON invitations (email_key) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- Links that are sent or printed: whoever has one may do one thing, once.
CREATE TABLE one_time_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    -- The person, or the invitation; nothing for the set-up of an installation.
    subject_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT
);
CREATE INDEX one_time_links_open ON one_time_links (kind, subject_id) WHERE used_at IS NULL;

-- What failed of late, by account and by network address: sign-ins, and whatever else may be tried only so often.
CREATE TABLE attempts (
    subject TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    last_failed_at BIGINT NOT NULL
);
CREATE INDEX attempts_old ON attempts (last_failed_at);

-- The outbox of mail. What is sent, and the link in it, is made when it is sent.
CREATE TABLE mails (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    to_address TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    last_error TEXT
);
CREATE INDEX mails_due ON mails (not_before, id) WHERE state = 'queued';

-- Who did what; written in the transaction that did it.
CREATE TABLE audit (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    target_name TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX audit_newest ON audit (organization_id, id);
