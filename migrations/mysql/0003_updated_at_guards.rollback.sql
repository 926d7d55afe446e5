DROP TRIGGER update_sessions_updated_at;

CREATE TRIGGER update_sessions_updated_at
BEFORE UPDATE ON sessions
FOR EACH ROW
SET NEW.updated_at = UNIX_TIMESTAMP();

DROP TRIGGER update_files_updated_at;

CREATE TRIGGER update_files_updated_at
BEFORE UPDATE ON files
FOR EACH ROW
SET NEW.updated_at = UNIX_TIMESTAMP();

DROP TRIGGER update_messages_updated_at;

CREATE TRIGGER update_messages_updated_at
BEFORE UPDATE ON messages
FOR EACH ROW
SET NEW.updated_at = UNIX_TIMESTAMP();
