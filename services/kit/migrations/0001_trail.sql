-- Audit records. Only what is searched for has a column of its own; the rest is JSON in `details`. `project_id` is the
-- account where a record belongs to no project.
CREATE TABLE trail (
    trace_id           TEXT   NOT NULL PRIMARY KEY,
    time_ms            BIGINT NOT NULL,
    project_id         TEXT   NOT NULL,
    account_id         TEXT   NOT NULL,
    name               TEXT   NOT NULL,
    kind               TEXT   NOT NULL,
    source             TEXT   NOT NULL,
    rating             TEXT   NOT NULL,
    service            TEXT   NOT NULL,
    resource_type      TEXT   NOT NULL,
    resource_id        TEXT   NOT NULL,
    resource_name      TEXT   NOT NULL,
    enterprise_project TEXT   NOT NULL,
    user_name          TEXT   NOT NULL,
    access_key_id      TEXT   NOT NULL,
    status             BIGINT NOT NULL,
    details            TEXT   NOT NULL
);
CREATE INDEX trail_by_time ON trail (project_id, time_ms, trace_id);
CREATE INDEX trail_by_resource ON trail (resource_id, time_ms);
