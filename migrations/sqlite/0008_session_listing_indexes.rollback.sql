DROP INDEX idx_sessions_cost;

DROP INDEX idx_sessions_updated;

DROP INDEX idx_sessions_created;

DROP INDEX idx_sessions_parent_cost;

DROP INDEX idx_sessions_parent_updated;

DROP INDEX idx_sessions_parent_created;

DROP INDEX idx_sessions_project_cost;
