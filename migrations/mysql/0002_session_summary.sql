-- The message that sums a session up.
ALTER TABLE sessions ADD COLUMN summary_message_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin;
