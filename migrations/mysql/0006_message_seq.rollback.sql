DROP TRIGGER update_session_message_count_on_delete;

CREATE TRIGGER update_session_message_count_on_delete
AFTER DELETE ON messages
FOR EACH ROW
UPDATE sessions SET message_count = message_count - 1 WHERE id = OLD.session_id;

DROP TRIGGER update_session_message_count_on_insert;

CREATE TRIGGER update_session_message_count_on_insert
BEFORE INSERT ON messages
FOR EACH ROW
UPDATE sessions SET message_count = message_count + 1 WHERE id = NEW.session_id;

DROP INDEX idx_messages_session_seq ON messages;

ALTER TABLE sessions DROP COLUMN last_seq;

ALTER TABLE messages DROP COLUMN seq;
