DROP INDEX idx_sessions_project_created;

CREATE INDEX idx_sessions_project_created ON sessions (project_id, created_at DESC, id DESC);

DROP INDEX idx_sessions_project_updated;

CREATE INDEX idx_sessions_project_updated ON sessions (project_id, updated_at DESC, id DESC);

DROP INDEX idx_sessions_project_cost;

CREATE INDEX idx_sessions_project_cost ON sessions (project_id, cost DESC, id DESC);

DROP INDEX idx_sessions_parent_created;

CREATE INDEX idx_sessions_parent_created
ON sessions (project_id, parent_session_id, created_at DESC, id DESC);

DROP INDEX idx_sessions_parent_updated;

CREATE INDEX idx_sessions_parent_updated
ON sessions (project_id, parent_session_id, updated_at DESC, id DESC);

DROP INDEX idx_sessions_parent_cost;

CREATE INDEX idx_sessions_parent_cost ON sessions (project_id, parent_session_id, cost DESC, id DESC);
