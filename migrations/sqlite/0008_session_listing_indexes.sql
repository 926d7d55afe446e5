-- The listings that 0005 does not serve. Most sessions are children of another one, so the list of roots
-- has indexes of its own, led by parent_session_id (which also find a session's children); the rest serve
-- the order by cost and the listings over all projects.
CREATE INDEX idx_sessions_project_cost ON sessions (project_id, cost DESC, id DESC);

CREATE INDEX idx_sessions_parent_created
ON sessions (project_id, parent_session_id, created_at DESC, id DESC);

CREATE INDEX idx_sessions_parent_updated
ON sessions (project_id, parent_session_id, updated_at DESC, id DESC);

CREATE INDEX idx_sessions_parent_cost
ON sessions (project_id, parent_session_id, cost DESC, id DESC);

CREATE INDEX idx_sessions_created ON sessions (created_at DESC, id DESC);

CREATE INDEX idx_sessions_updated ON sessions (updated_at DESC, id DESC);

CREATE INDEX idx_sessions_cost ON sessions (cost DESC, id DESC);
