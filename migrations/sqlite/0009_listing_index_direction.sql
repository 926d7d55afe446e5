-- In each index of a project's listings all columns run the same way now, as on MySQL, which does not read a range
-- of a mixed index backwards. SQLite reads both alike.
DROP INDEX idx_sessions_project_created;

CREATE INDEX idx_sessions_project_created ON sessions (project_id DESC, created_at DESC, id DESC);

DROP INDEX idx_sessions_project_updated;

CREATE INDEX idx_sessions_project_updated ON sessions (project_id DESC, updated_at DESC, id DESC);

DROP INDEX idx_sessions_project_cost;

CREATE INDEX idx_sessions_project_cost ON sessions (project_id DESC, cost DESC, id DESC);

DROP INDEX idx_sessions_parent_created;

CREATE INDEX idx_sessions_parent_created
ON sessions (project_id DESC, parent_session_id DESC, created_at DESC, id DESC);

DROP INDEX idx_sessions_parent_updated;

CREATE INDEX idx_sessions_parent_updated
ON sessions (project_id DESC, parent_session_id DESC, updated_at DESC, id DESC);

DROP INDEX idx_sessions_parent_cost;

CREATE INDEX idx_sessions_parent_cost
ON sessions (project_id DESC, parent_session_id DESC, cost DESC, id DESC);
