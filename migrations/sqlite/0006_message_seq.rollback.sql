DROP TRIGGER update_session_message_count_on_delete;

CREATE TRIGGER update_session_message_count_on_delete
AFTER DELETE ON messages
BEGIN
    UPDATE sessions SET message_count = message_count - 1 WHERE id = old.session_id;
END;

DROP TRIGGER update_session_message_count_on_insert;

CREATE TRIGGER update_session_message_count_on_insert
AFTER INSERT ON messages
BEGIN
    UPDATE sessions SET message_count = message_count + 1 WHERE id = new.session_id;
END;

DROP INDEX idx_messages_unnumbered;

DROP INDEX idx_messages_session_seq;

ALTER TABLE sessions DROP COLUMN last_seq;

ALTER TABLE messages DROP COLUMN seq;
