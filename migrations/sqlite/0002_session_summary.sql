-- The message that sums a session up; the Go OpenCode's second migration (goose 20250515105448).
ALTER TABLE sessions ADD COLUMN summary_message_id TEXT;
