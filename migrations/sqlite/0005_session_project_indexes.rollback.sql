DROP INDEX idx_sessions_project_updated;

DROP INDEX idx_sessions_project_created;

DROP INDEX idx_sessions_project;
