-- What a project has set for its management tracker.
CREATE TABLE trace_tracker (
    project_id      TEXT   NOT NULL PRIMARY KEY,
    tracker_id      TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    -- A JSON list of services.
    exclude_service TEXT   NOT NULL,
    created_ms      BIGINT NOT NULL
);
