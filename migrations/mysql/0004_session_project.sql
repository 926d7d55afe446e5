-- The project a session belongs to (github.com/owner/repo, or a directory's name).
-- NOT NULL here, unlike on SQLite: only this program writes to MySQL. Sessions that are there already, which
-- a rollback can leave behind, get the empty string, and the backfill fills it in.
ALTER TABLE sessions ADD COLUMN project_id VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
