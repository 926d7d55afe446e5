ALTER TABLE sessions DROP COLUMN summary_message_id;
