DROP TRIGGER update_sessions_updated_at;

CREATE TRIGGER update_sessions_updated_at
AFTER UPDATE ON sessions
BEGIN
    UPDATE sessions SET updated_at = strftime('%s', 'now') WHERE id = new.id;
END;

DROP TRIGGER update_files_updated_at;

CREATE TRIGGER update_files_updated_at
AFTER UPDATE ON files
BEGIN
    UPDATE files SET updated_at = strftime('%s', 'now') WHERE id = new.id;
END;

DROP TRIGGER update_messages_updated_at;

CREATE TRIGGER update_messages_updated_at
AFTER UPDATE ON messages
BEGIN
    UPDATE messages SET updated_at = strftime('%s', 'now') WHERE id = new.id;
END;
