-- What the kernel itself keeps. Times are microseconds since 1970, UTC.
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  strand INTEGER NOT NULL, pos INTEGER NOT NULL,
  change TEXT NOT NULL, at INTEGER NOT NULL, recorded INTEGER NOT NULL,
  actor TEXT NOT NULL, via TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL,
  verb TEXT NOT NULL, reason TEXT NOT NULL, diff TEXT NOT NULL,
  prev BLOB NOT NULL, hash BLOB NOT NULL,
  UNIQUE (strand, pos)
) STRICT;
CREATE INDEX IF NOT EXISTS journal_record ON journal (record, seq);
CREATE INDEX IF NOT EXISTS journal_kind ON journal (kind, at);
CREATE TABLE IF NOT EXISTS edge (
  id TEXT PRIMARY KEY NOT NULL, type TEXT NOT NULL,
  from_kind TEXT NOT NULL, from_id TEXT NOT NULL, to_kind TEXT NOT NULL, to_id TEXT NOT NULL,
  created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
  one_from TEXT, one_to TEXT, -- set only where the type allows one: unique then
  UNIQUE (from_id, type, to_id)
) STRICT;
CREATE INDEX IF NOT EXISTS edge_to ON edge (to_id, type);
CREATE UNIQUE INDEX IF NOT EXISTS edge_one_from ON edge (one_from, type) WHERE one_from IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS edge_one_to ON edge (one_to, type) WHERE one_to IS NOT NULL;
CREATE TABLE IF NOT EXISTS comment (
  id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, at INTEGER NOT NULL,
  author TEXT NOT NULL, body TEXT NOT NULL, internal INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS comment_record ON comment (record, at, id);
CREATE TABLE IF NOT EXISTS attachment (
  id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL,
  name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL, internal INTEGER NOT NULL,
  removed INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attachment_record ON attachment (record, at);
CREATE TABLE IF NOT EXISTS person_key (person TEXT PRIMARY KEY NOT NULL, key BLOB) STRICT;
CREATE TABLE IF NOT EXISTS idem (
  key TEXT PRIMARY KEY NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL, answer BLOB NOT NULL,
  kind TEXT NOT NULL, record TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS idem_at ON idem (at);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY NOT NULL, next INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
-- What people are told. It is made from the journal and forgotten again; read 0 = unread.
CREATE TABLE IF NOT EXISTS notification (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, notice TEXT NOT NULL, way TEXT NOT NULL, inside INTEGER NOT NULL,
  kind TEXT NOT NULL, record TEXT NOT NULL, change TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, read INTEGER NOT NULL,
  UNIQUE (person, record, change)
) STRICT;
CREATE INDEX IF NOT EXISTS notification_person ON notification (person, seq);
CREATE INDEX IF NOT EXISTS notification_record ON notification (person, record, seq);
CREATE INDEX IF NOT EXISTS notification_unread ON notification (person, seq) WHERE read = 0;
CREATE TABLE IF NOT EXISTS search_doc (
  docid INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, record TEXT NOT NULL UNIQUE, at INTEGER NOT NULL
) STRICT;
-- Tokens come from kernel/search, joined by spaces: nothing else may divide them.
CREATE VIRTUAL TABLE IF NOT EXISTS search_fts USING fts5(pub, int, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'");
