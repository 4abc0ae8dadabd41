-- What the kernel itself keeps. Identifiers are text here: some are empty.
CREATE TABLE IF NOT EXISTS journal (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  strand bigint NOT NULL, pos bigint NOT NULL,
  change text COLLATE "C" NOT NULL, at timestamptz NOT NULL, recorded timestamptz NOT NULL,
  actor text COLLATE "C" NOT NULL, via text NOT NULL, kind text COLLATE "C" NOT NULL, record text COLLATE "C" NOT NULL, version bigint NOT NULL,
  verb text NOT NULL, reason text NOT NULL, diff text NOT NULL,
  prev bytea NOT NULL, hash bytea NOT NULL,
  CONSTRAINT journal_strand UNIQUE (strand, pos)
);
CREATE INDEX IF NOT EXISTS journal_record ON journal (record, seq);
CREATE INDEX IF NOT EXISTS journal_kind ON journal (kind, at);
CREATE TABLE IF NOT EXISTS edge (
  id text COLLATE "C" PRIMARY KEY, type text COLLATE "C" NOT NULL,
  from_kind text NOT NULL, from_id text COLLATE "C" NOT NULL, to_kind text NOT NULL, to_id text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL, created_by text NOT NULL,
  one_from text COLLATE "C", one_to text COLLATE "C",
  CONSTRAINT edge_ends UNIQUE (from_id, type, to_id)
);
CREATE INDEX IF NOT EXISTS edge_to ON edge (to_id, type);
CREATE UNIQUE INDEX IF NOT EXISTS edge_one_from ON edge (one_from, type) WHERE one_from IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS edge_one_to ON edge (one_to, type) WHERE one_to IS NOT NULL;
CREATE TABLE IF NOT EXISTS comment (
  id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, record text COLLATE "C" NOT NULL, at timestamptz NOT NULL,
  author text COLLATE "C" NOT NULL, body text NOT NULL, internal boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS comment_record ON comment (record, at, id);
CREATE TABLE IF NOT EXISTS attachment (
  id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, record text COLLATE "C" NOT NULL, at timestamptz NOT NULL, author text COLLATE "C" NOT NULL,
  name text NOT NULL, type text NOT NULL, size bigint NOT NULL, hash text COLLATE "C" NOT NULL, internal boolean NOT NULL,
  removed boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS attachment_record ON attachment (record, at);
CREATE TABLE IF NOT EXISTS person_key (person text COLLATE "C" PRIMARY KEY, key bytea);
CREATE TABLE IF NOT EXISTS idem (
  key text COLLATE "C" PRIMARY KEY, request bytea NOT NULL, status bigint NOT NULL, answer bytea NOT NULL,
  kind text NOT NULL, record text COLLATE "C" NOT NULL, at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS idem_at ON idem (at);
CREATE TABLE IF NOT EXISTS counter (name text COLLATE "C" PRIMARY KEY, next bigint NOT NULL);
CREATE TABLE IF NOT EXISTS mark (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);
-- What people are told. It is made from the journal and forgotten again; read 0 = unread, times are microseconds.
CREATE TABLE IF NOT EXISTS notification (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person text COLLATE "C" NOT NULL, notice text NOT NULL, way text NOT NULL, inside bigint NOT NULL,
  kind text NOT NULL, record text COLLATE "C" NOT NULL, change text COLLATE "C" NOT NULL, actor text COLLATE "C" NOT NULL, at bigint NOT NULL, read bigint NOT NULL,
  CONSTRAINT notification_once UNIQUE (person, record, change)
);
CREATE INDEX IF NOT EXISTS notification_person ON notification (person, seq);
CREATE INDEX IF NOT EXISTS notification_record ON notification (person, record, seq);
CREATE INDEX IF NOT EXISTS notification_unread ON notification (person, seq) WHERE read = 0;
CREATE TABLE IF NOT EXISTS search_doc (
  docid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text COLLATE "C" NOT NULL, record uuid NOT NULL UNIQUE, at timestamptz NOT NULL,
  pub tsvector NOT NULL, whole tsvector NOT NULL
);
CREATE INDEX IF NOT EXISTS search_doc_pub ON search_doc USING gin (pub) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS search_doc_whole ON search_doc USING gin (whole) WITH (fastupdate = off);
CREATE OR REPLACE FUNCTION maru_not_a_choice() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''not a choice'' USING ERRCODE = ''check_violation'', CONSTRAINT = TG_ARGV[0]; END';
