DROP INDEX idx_sessions_cost ON sessions;

DROP INDEX idx_sessions_updated ON sessions;

DROP INDEX idx_sessions_created ON sessions;

DROP INDEX idx_sessions_parent_cost ON sessions;

DROP INDEX idx_sessions_parent_updated ON sessions;

DROP INDEX idx_sessions_parent_created ON sessions;

DROP INDEX idx_sessions_project_cost ON sessions;
