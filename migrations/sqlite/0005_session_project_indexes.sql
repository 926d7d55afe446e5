-- Every statement on sessions is scoped by project_id. Each index ends in id, which breaks ties, so that
-- a page of a listing is read off the index without sorting.
CREATE INDEX idx_sessions_project ON sessions (project_id, id);

CREATE INDEX idx_sessions_project_created ON sessions (project_id, created_at DESC, id DESC);

CREATE INDEX idx_sessions_project_updated ON sessions (project_id, updated_at DESC, id DESC);
