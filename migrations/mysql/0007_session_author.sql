-- Who started the session; NULL for sessions older than this column.
ALTER TABLE sessions ADD COLUMN author VARCHAR(255);
