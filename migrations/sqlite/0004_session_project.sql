-- The project a session belongs to (github.com/owner/repo, or a directory's name).
-- Nullable here, unlike on MySQL: the Go OpenCode may go on inserting sessions without it, and the
-- backfill of the next start fills those in.
ALTER TABLE sessions ADD COLUMN project_id TEXT;
