DROP INDEX idx_sessions_project_updated ON sessions;

DROP INDEX idx_sessions_project_created ON sessions;

DROP INDEX idx_sessions_project ON sessions;
