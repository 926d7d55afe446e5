ALTER TABLE sessions
DROP INDEX idx_sessions_project_created,
DROP INDEX idx_sessions_project_updated,
DROP INDEX idx_sessions_project_cost,
DROP INDEX idx_sessions_parent_created,
DROP INDEX idx_sessions_parent_updated,
DROP INDEX idx_sessions_parent_cost,
ADD INDEX idx_sessions_project_created (project_id, created_at DESC, id DESC),
ADD INDEX idx_sessions_project_updated (project_id, updated_at DESC, id DESC),
ADD INDEX idx_sessions_project_cost (project_id, cost DESC, id DESC),
ADD INDEX idx_sessions_parent_created (project_id, parent_session_id, created_at DESC, id DESC),
ADD INDEX idx_sessions_parent_updated (project_id, parent_session_id, updated_at DESC, id DESC),
ADD INDEX idx_sessions_parent_cost (project_id, parent_session_id, cost DESC, id DESC);
