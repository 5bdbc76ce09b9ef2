-- What a schedule is beside its cadence. Ticks are counted from `starts_at` by the calendar of `time_zone`; `next_run_at` is the
-- next one while the schedule is active, and null while it is not. Every transaction that changes one changes the other.
ALTER TABLE schedules ADD COLUMN starts_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE schedules ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE schedules ADD COLUMN windows TEXT NOT NULL DEFAULT '[]';
-- Empty: the robot's own, as they are when the run is made.
ALTER TABLE schedules ADD COLUMN start_urls TEXT NOT NULL DEFAULT '[]';
ALTER TABLE schedules ADD COLUMN settings TEXT NOT NULL DEFAULT '{"discover":true,"max_depth":null}';
ALTER TABLE schedules ADD COLUMN budget BIGINT;
-- The tick that was dealt with last: none before it is dealt with again, whatever a clock says.
ALTER TABLE schedules ADD COLUMN ticked_at BIGINT;
ALTER TABLE schedules ADD COLUMN last_run_at BIGINT;
ALTER TABLE schedules ADD COLUMN last_run_id TEXT;
ALTER TABLE schedules ADD COLUMN last_skipped_at BIGINT;
ALTER TABLE schedules ADD COLUMN last_skip_reason TEXT;
ALTER TABLE schedules ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE schedules ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
-- None was ever due before: those that are active are now, once, and from then on by their anchor.
UPDATE schedules SET starts_at = created_at, updated_at = created_at,
    next_run_at = CASE WHEN status = 'active' THEN created_at END;
CREATE INDEX schedules_due ON schedules (next_run_at, id) WHERE status = 'active';
CREATE INDEX runs_of_schedules ON runs (schedule_id, id) WHERE schedule_id IS NOT NULL;
