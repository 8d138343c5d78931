-- The ledger file of onrecord: one SQLite database.
--
-- Two kinds of tables. RECORD tables are the truth: append-only, held so by triggers. DERIVED tables are worked out
-- from them, entry by entry, and `onrecord rebuild` throws them away and makes them again; a test holds that the
-- result is the same. Read any of them with sqlite3 or Datasette; write none of them by hand.
--
-- Hashes and ids are BLOBs of 32 bytes; hex(id) shows them. Offsets are half-open. Times are RFC 3339, UTC.
-- Dates that people state are EDTF level 0 text. Amounts are decimal text: SQLite's own numbers would round them.

PRAGMA application_id = 1869769829;  -- "orle": tells `file` and `onrecord` what this file is
PRAGMA user_version = 1;             -- version of this schema; src/store/migrations.rs leads from one to the next

------------------------------------------------------------------------------------------------------------------------
-- RECORD

-- Every change is one line here. The header is canonical JSON (RFC 8785) and is what the record's Merkle tree hashes:
-- {"actor","body","kind","sequence","time"}, where "body" is SHA-256(salt || body). docs/record-format.md is exact.
CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,              -- place in the record, from 0, without gaps
    header   TEXT NOT NULL CHECK (json_valid(header)),
    leaf     BLOB NOT NULL CHECK (length(leaf) = 32)  -- SHA-256(0x00 || header): its hash as a leaf of the tree
) STRICT;

-- Body and salt stand apart from the header, so that a body can be removed for legal reasons and every proof still
-- holds (see `redaction`). A body is canonical JSON with one key, its kind: {"claim":{...}}.
CREATE TABLE entry_body (
    sequence INTEGER PRIMARY KEY REFERENCES entry,
    salt     BLOB NOT NULL CHECK (length(salt) = 16),
    body     TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- The bytes of snapshots, of the texts read from them, and of the texts' layouts, each once, named by their SHA-256; in
-- pieces of 4 KiB, so that a row of a large table is read without unpacking all of it.
CREATE TABLE blob (
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),  -- of all the bytes, as they were before packing
    at     INTEGER NOT NULL CHECK (at >= 0),           -- where this piece begins in them
    size   INTEGER NOT NULL CHECK (size >= 0),         -- bytes of this piece before packing
    packed BLOB NOT NULL,                              -- zlib (RFC 1950)
    PRIMARY KEY (sha256, at)
) STRICT;

-- Signed heads of the record, as they were made and as witnesses signed them besides: C2SP notes. Nobody can make them
-- again, so they are neither changed nor removed.
CREATE TABLE checkpoint (
    number INTEGER PRIMARY KEY,
    size   INTEGER NOT NULL CHECK (size >= 0), -- entries that it covers
    note   TEXT NOT NULL UNIQUE
) STRICT;

-- Time stamps of checkpoints: what an authority answered (RFC 3161). Which checkpoint one is of, its hash says. Nobody can
-- make them again either.
CREATE TABLE timestamp (
    number   INTEGER PRIMARY KEY,
    sha256   BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),  -- of the response: the authority does not sign all of it
    response BLOB NOT NULL                     -- DER, as it came
) STRICT;

CREATE TRIGGER timestamp_is_kept_update BEFORE UPDATE ON timestamp
BEGIN SELECT RAISE(ABORT, 'time stamps are kept as they were given'); END;
CREATE TRIGGER timestamp_is_kept_delete BEFORE DELETE ON timestamp
BEGIN SELECT RAISE(ABORT, 'time stamps are kept as they were given'); END;
CREATE TRIGGER timestamp_is_kept_replace BEFORE INSERT ON timestamp
WHEN EXISTS (SELECT 1 FROM timestamp WHERE number = NEW.number OR sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, 'time stamps are kept as they were given'); END;
CREATE TRIGGER checkpoint_is_kept_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are kept as they were signed'); END;
CREATE TRIGGER checkpoint_is_kept_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are kept as they were signed'); END;
CREATE TRIGGER checkpoint_is_kept_replace BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE number = NEW.number OR note = NEW.note)
BEGIN SELECT RAISE(ABORT, 'checkpoints are kept as they were signed'); END;
CREATE TRIGGER entry_is_append_only_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the record is append-only: entries are corrected by new entries'); END;
CREATE TRIGGER entry_is_append_only_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the record is append-only: entries are corrected by new entries'); END;
CREATE TRIGGER entry_has_no_gaps BEFORE INSERT ON entry
WHEN NEW.sequence <> (SELECT coalesce(max(sequence) + 1, 0) FROM entry)
BEGIN SELECT RAISE(ABORT, 'the record has no gaps: an entry takes the next sequence number'); END;
-- INSERT OR REPLACE deletes without asking the triggers on DELETE, so replacing is refused where it begins.
CREATE TRIGGER entry_body_is_append_only_replace BEFORE INSERT ON entry_body
WHEN EXISTS (SELECT 1 FROM entry_body WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'the record is append-only: entries are corrected by new entries'); END;
CREATE TRIGGER entry_body_has_its_entry BEFORE INSERT ON entry_body
WHEN NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'the record has no gaps: a body belongs to an entry'); END;
CREATE TRIGGER blob_is_append_only_replace BEFORE INSERT ON blob
WHEN EXISTS (SELECT 1 FROM blob WHERE sha256 = NEW.sha256 AND at = NEW.at)
BEGIN SELECT RAISE(ABORT, 'the record is append-only: captured bytes never change'); END;
CREATE TRIGGER entry_body_is_append_only_update BEFORE UPDATE ON entry_body
BEGIN SELECT RAISE(ABORT, 'the record is append-only: entries are corrected by new entries'); END;
CREATE TRIGGER entry_body_is_append_only_delete BEFORE DELETE ON entry_body
WHEN NOT EXISTS (SELECT 1 FROM redaction WHERE entry = OLD.sequence)
BEGIN SELECT RAISE(ABORT, 'the record is append-only: entries are corrected by new entries'); END;
CREATE TRIGGER blob_is_append_only_update BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'the record is append-only: captured bytes never change'); END;
CREATE TRIGGER blob_is_append_only_delete BEFORE DELETE ON blob
WHEN NOT EXISTS (SELECT 1 FROM redaction WHERE sha256 = OLD.sha256)
BEGIN SELECT RAISE(ABORT, 'the record is append-only: captured bytes never change'); END;

------------------------------------------------------------------------------------------------------------------------
-- DERIVED: what the entries add up to. The names match src/store/derive.rs, which fills them.

-- What was removed for legal reasons: the body of an entry, or stored bytes. The one way in which anything of the record
-- may be removed.
CREATE TABLE redaction (
    number   INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL REFERENCES entry,  -- the entry that says so
    entry    INTEGER UNIQUE,                     -- whose body is gone
    sha256   BLOB UNIQUE CHECK (length(sha256) = 32),
    source   BLOB CHECK (length(source) = 32),   -- id of the source that it is about
    CHECK ((entry IS NULL) <> (sha256 IS NULL))
) STRICT;

-- The record's Merkle tree (RFC 6962), whose leaves are the headers: hashes of its complete subtrees of 32 leaves and
-- more. Smaller ones are made from the headers.
CREATE TABLE tree_node (
    level INTEGER NOT NULL CHECK (level >= 5), -- it covers 2^level leaves
    place INTEGER NOT NULL CHECK (place >= 0), -- from 0: the leaves [place << level, (place + 1) << level)
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

-- Entries that were brought in from other records.
CREATE TABLE bring (
    first    INTEGER PRIMARY KEY REFERENCES entry,     -- the first of them
    sequence INTEGER NOT NULL UNIQUE REFERENCES entry  -- the entry behind the last of them, which says where they came from
) STRICT;

-- One publication. Each detail is the latest given by hand (at a capture or in a `describe` entry), else the latest
-- that a page said of itself; the URL is the first, for ever.
CREATE TABLE source (
    number    INTEGER PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    url       TEXT UNIQUE,
    title     TEXT,
    publisher TEXT,
    author    TEXT,
    published TEXT,                            -- EDTF, as precisely as it says
    language  TEXT,                            -- ISO 639, two letters where there are
    outlet    TEXT,                            -- the publisher's name, folded as in `alias`
    given     TEXT NOT NULL CHECK (json_valid(given)),  -- details given by hand
    page      TEXT NOT NULL CHECK (json_valid(page))    -- details that pages said of themselves
) STRICT;
CREATE INDEX source_by_outlet ON source (outlet);

-- Whose report a source says that it repeats ("(Reuters)", "with AFP").
CREATE TABLE credit (
    source INTEGER NOT NULL REFERENCES source,
    folded TEXT NOT NULL,                      -- the name, folded as in `alias`
    name   TEXT NOT NULL,
    PRIMARY KEY (source, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX credit_by_name ON credit (folded);

-- Which source derives from what: from another source, or from the report of an entity; declared, or found by its text.
CREATE TABLE upstream (
    number      INTEGER PRIMARY KEY,
    source      INTEGER NOT NULL REFERENCES source,
    from_source INTEGER REFERENCES source,
    from_entity INTEGER REFERENCES entity,
    shared      INTEGER,                       -- shingles of the shorter text that the other has, where the texts tell; else null
    of          INTEGER,                       -- all shingles of the shorter one
    CHECK ((from_source IS NULL) <> (from_entity IS NULL))
) STRICT;
CREATE INDEX upstream_by_source ON upstream (source);
CREATE UNIQUE INDEX upstream_by_origin_source ON upstream (from_source, source) WHERE from_source IS NOT NULL;
CREATE UNIQUE INDEX upstream_by_origin_entity ON upstream (from_entity, source) WHERE from_entity IS NOT NULL;

-- The bytes of a source as captured at one moment.
CREATE TABLE snapshot (
    number     INTEGER PRIMARY KEY,
    source     INTEGER NOT NULL REFERENCES source,
    sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
    size       INTEGER NOT NULL,               -- bytes
    media_type TEXT NOT NULL,
    charset    TEXT NOT NULL,
    text       BLOB NOT NULL CHECK (length(text) = 32),    -- blob of the readable text
    layout     BLOB NOT NULL CHECK (length(layout) = 32),  -- blob of its blocks and its map back to the bytes
    extractor  TEXT NOT NULL,
    sequence   INTEGER NOT NULL REFERENCES entry,           -- the entry that captured it
    -- When, which is their order: of one from another record, when it was captured there; else never before those that
    -- were here, whatever the clock said.
    captured   TEXT NOT NULL,
    UNIQUE (source, sha256, text)
) STRICT;
CREATE INDEX snapshot_by_sha256 ON snapshot (sha256);
CREATE INDEX snapshot_by_source ON snapshot (source, captured);

-- A person, organisation, place or thing.
CREATE TABLE entity (
    number INTEGER PRIMARY KEY,
    key    TEXT NOT NULL UNIQUE,               -- given once, never renamed
    name   TEXT NOT NULL,                      -- shown
    merged INTEGER REFERENCES entity,          -- into which other one; null where it stands for itself
    stands INTEGER NOT NULL REFERENCES entity  -- the one that stands for it after all merges; itself where none
) STRICT;
CREATE INDEX entity_by_stands ON entity (stands);
CREATE INDEX entity_by_name ON entity (name);
CREATE INDEX entity_by_merged ON entity (merged) WHERE merged IS NOT NULL;

-- Whom a folded name means where no key was given: the first who was called so, by the one that stands for him.
CREATE VIEW called AS
SELECT alias.folded, standing.key
FROM alias JOIN entity ON entity.number = alias.entity JOIN entity AS standing ON standing.number = entity.stands
WHERE entity.number = (SELECT min(other.entity) FROM alias AS other WHERE other.folded = alias.folded);

-- Who belongs to a group.
CREATE TABLE member (
    collective INTEGER NOT NULL REFERENCES entity,
    member     INTEGER NOT NULL REFERENCES entity,
    PRIMARY KEY (collective, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_member ON member (member);

-- The names an entity goes by, its shown name among them. One folded name may belong to several (namesakes).
CREATE TABLE alias (
    folded TEXT NOT NULL,                      -- as compared: lower case, compatible forms, plain quotes and spaces
    entity INTEGER NOT NULL REFERENCES entity,
    name   TEXT NOT NULL,                      -- as given
    PRIMARY KEY (folded, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_by_entity ON alias (entity);

-- What can be said of an entity.
CREATE TABLE predicate (
    name       TEXT PRIMARY KEY,
    definition TEXT NOT NULL CHECK (json_valid(definition))
) STRICT, WITHOUT ROWID;

-- What two claims must share to be comparable, and the verdict on it. A verdict of `tension` or `contradicted` makes
-- it a finding; the finding's id is the question's.
CREATE TABLE question (
    number    INTEGER PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    subject   TEXT NOT NULL,                   -- entity key
    predicate TEXT NOT NULL,                   -- or the group that it excludes the others of
    object    TEXT,                            -- entity key, or the words where those are the object
    unit      TEXT,                            -- money, count, %, pp, number or another unit; null for no figure
    verdict   TEXT NOT NULL CHECK (verdict IN ('alone', 'agreed', 'tension', 'contradicted')),
    severity  INTEGER NOT NULL,                -- points; findings are listed from the highest; 0 where there is none
    latest    TEXT,                            -- last day of the latest publication among its claims; of equal findings the later comes first
    worst     TEXT CHECK (worst IS NULL OR json_valid(worst)),  -- the pair that decides the verdict: {a, b, verdict, reasons, gap}
    claims    INTEGER NOT NULL,                -- standing claims
    origins   INTEGER NOT NULL,                -- distinct origins of those
    mixed     INTEGER NOT NULL DEFAULT 0,      -- 1 where sums in two currencies stand on it: they compare by rates on record
    moved     INTEGER REFERENCES question      -- the same question after a merge of its subject or object; else null
) STRICT;
CREATE INDEX question_by_severity ON question (severity DESC, latest DESC, id) WHERE severity > 0;
CREATE INDEX question_by_key ON question (subject, predicate, object);
CREATE INDEX question_by_object ON question (object) WHERE object IS NOT NULL;
CREATE INDEX question_mixed ON question (number) WHERE mixed = 1;
CREATE INDEX question_by_moved ON question (moved) WHERE moved IS NOT NULL;

-- A claim, as its entry gives it. The full claim is the body of that entry.
CREATE TABLE claim (
    number   INTEGER PRIMARY KEY,              -- in the order they were logged
    id       BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    sequence INTEGER NOT NULL REFERENCES entry,     -- the entry whose body holds it
    question INTEGER NOT NULL REFERENCES question,  -- its own; `statement` has those it bears on besides
    source   INTEGER NOT NULL REFERENCES source,
    snapshot INTEGER NOT NULL REFERENCES snapshot
) STRICT;
CREATE INDEX claim_by_source ON claim (source, number);

-- A table whose rows are claims. They have no rows in `claim`: their numbers are `first` + row * `width` + place in the
-- row, and their ids are worked out from `key` (docs/record-format.md).
CREATE TABLE import (
    number   INTEGER PRIMARY KEY,
    key      BLOB NOT NULL UNIQUE CHECK (length(key) = 32),  -- hash of table and map
    sequence INTEGER NOT NULL REFERENCES entry,
    source   INTEGER NOT NULL REFERENCES source,
    snapshot INTEGER NOT NULL REFERENCES snapshot,
    first    INTEGER NOT NULL UNIQUE,          -- number that a claim of row 0 would have; rows count from 1
    rows     INTEGER NOT NULL,                 -- number of the last row
    width    INTEGER NOT NULL,                 -- claims that a row can hold
    bad      INTEGER NOT NULL                  -- rows that could not be read; `import_bad` has the first thousand
) STRICT;
CREATE INDEX import_by_source ON import (source);

-- Where some of the rows of an import begin, so that one is read without reading all before it.
CREATE TABLE import_mark (
    import INTEGER NOT NULL REFERENCES import,
    row    INTEGER NOT NULL,
    byte   INTEGER NOT NULL,                   -- of the text
    scalar INTEGER NOT NULL,                   -- characters before it
    PRIMARY KEY (import, row)
) STRICT, WITHOUT ROWID;

-- Whom names of an import mean that are not one entity's alone: somebody's key, or names that several go by who were one
-- when it was imported, or go by since.
CREATE TABLE import_name (
    import INTEGER NOT NULL REFERENCES import,
    name   TEXT NOT NULL,                      -- as the table has it, or folded, of a name that several go by since
    entity INTEGER NOT NULL REFERENCES entity,
    PRIMARY KEY (import, name)
) STRICT, WITHOUT ROWID;

-- The first thousand rows of an import that could not be read, where somebody said to pass them over.
CREATE TABLE import_bad (
    import INTEGER NOT NULL REFERENCES import,
    row    INTEGER NOT NULL,
    why    TEXT NOT NULL,
    PRIMARY KEY (import, row)
) STRICT, WITHOUT ROWID;

-- What a claim says on a question: on its own, and on those it bears on besides, because its predicate implies another
-- ("joined" implies "accepted"), or because its subject belongs to a group. Narrow, in whole numbers where it can be,
-- and in the order of questions: this is all that is read to reconcile them.
CREATE TABLE statement (
    question INTEGER NOT NULL,
    claim    INTEGER NOT NULL,
    source   INTEGER NOT NULL,
    -- Whom it goes back to: 4 times the row of an entity; the same and 1, people without a name who talked to that
    -- outlet; 4 times the row of a source and 2, people without a name on it; 3, see `more`.
    origin   INTEGER NOT NULL,
    lo       INTEGER,                          -- of a figure, in units of 10^-decimals; of a time of day, its seconds
    hi       INTEGER,                          -- null for a point
    decimals INTEGER,                          -- place of the last stated digit
    -- Bits. Of the figure: 1, 2 an open lower, upper end; 4 a point; 8 exact; 16 of no stated precision; 32 to 256 its
    -- hedge by number. Of the claim: 512 its origin says it on a page of its own; 1024 retracted, or with 65536 held; 2048 there is `says` or
    -- `more`; 4096 its digits do not fit here, its entry has them; 8192 `words` are a date; 16384 `lo` is a time of day;
    -- 32768 its page quotes somebody with a name for it.
    form     INTEGER NOT NULL,
    unit     TEXT,                             -- EUR; USD?CAD for a family of currencies; ? for money without one; %, pp; =km
    words    TEXT,                             -- words, or a date (EDTF)
    as_of    TEXT,                             -- the time it is said to be true of, EDTF
    says     TEXT,                             -- the predicate that it says here, where that is not the question's
    more     TEXT CHECK (more IS NULL OR json_valid(more)),  -- what few have: denies, modality, qualifiers, member, origin
    PRIMARY KEY (question, claim)
) STRICT, WITHOUT ROWID;
-- The questions of a claim beside its own.
CREATE INDEX statement_implied ON statement (claim) WHERE says IS NOT NULL;

-- Who stands with a name in the attribution of a claim.
CREATE TABLE speaker (
    entity INTEGER NOT NULL REFERENCES entity,
    claim  INTEGER NOT NULL REFERENCES claim,
    PRIMARY KEY (entity, claim)
) STRICT, WITHOUT ROWID;

-- Pairs of origins that share values which others do not believe, as they were found last.
CREATE TABLE copying (
    rank     INTEGER PRIMARY KEY,              -- the strongest evidence first
    a        TEXT NOT NULL,                    -- an origin: an entity key, `anonymous:KEY`, `anonymous@SOURCE`, …
    b        TEXT NOT NULL,
    shared   INTEGER NOT NULL,                 -- such values that they share
    of       INTEGER NOT NULL,                 -- of so many that the one states where the other speaks too
    nats     INTEGER NOT NULL,                 -- natural logarithm of the odds that they are not independent
    sequence INTEGER NOT NULL REFERENCES entry
) STRICT;

-- Pairs of origins that a person found to be independent.
CREATE TABLE independent (
    a        TEXT NOT NULL,                    -- the lesser of the two
    b        TEXT NOT NULL,
    sequence INTEGER NOT NULL REFERENCES entry,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

-- Which origins count as one, by those two tables.
CREATE TABLE one_origin (
    member TEXT PRIMARY KEY,
    head   TEXT NOT NULL                       -- the first of them, for all
) STRICT, WITHOUT ROWID;

-- What happened to a claim after it was logged: attested, retracted, reinstated, corrected.
CREATE TABLE claim_event (
    claim    INTEGER NOT NULL,                 -- logged or of an import
    sequence INTEGER NOT NULL REFERENCES entry,
    PRIMARY KEY (claim, sequence)
) STRICT, WITHOUT ROWID;

-- Decisions of people, on a finding or on one claim; the entry's body has the rest.
CREATE TABLE decision (
    sequence INTEGER PRIMARY KEY REFERENCES entry,
    question INTEGER REFERENCES question,
    claim    INTEGER,                          -- logged or of an import
    CHECK ((question IS NULL) <> (claim IS NULL))
) STRICT;
CREATE INDEX decision_by_question ON decision (question) WHERE question IS NOT NULL;
CREATE INDEX decision_by_claim ON decision (claim) WHERE claim IS NOT NULL;

-- A group of claims of a question that can all be true together. Which claims they are, reconciling the question says.
CREATE TABLE position (
    question INTEGER NOT NULL,
    rank     INTEGER NOT NULL,                 -- from 0, best supported first
    lo       TEXT,                             -- what its figures allow together; null for no lower end
    hi       TEXT,
    lo_open  INTEGER NOT NULL CHECK (lo_open IN (0, 1)),
    hi_open  INTEGER NOT NULL CHECK (hi_open IN (0, 1)),
    claims   INTEGER NOT NULL,                 -- how many; a claim that fits several is counted in each
    origins  INTEGER NOT NULL,                 -- how many distinct origins they go back to
    support  INTEGER NOT NULL,                 -- how many of those take its side: bounds do not
    PRIMARY KEY (question, rank)
) STRICT, WITHOUT ROWID;

------------------------------------------------------------------------------------------------------------------------
-- VIEWS, for readers of this file

-- Every claim that was logged, in words; rows of imports stand in their tables.
CREATE VIEW claims_now AS
SELECT lower(hex(claim.id)) AS id,
       iif(statement.form & 65536, 'pending', iif(statement.form & 1024, 'retracted', 'standing')) AS status,
       question.subject, question.predicate, question.object, question.unit,
       coalesce(json_extract(body, '$.claim.quote.exact'), json_extract(body, '$.correct.claim.quote.exact')) AS quote,
       coalesce(json_extract(body, '$.claim.value.figure.lo'), json_extract(body, '$.correct.claim.value.figure.lo')) AS lo,
       coalesce(json_extract(body, '$.claim.value.figure.hi'), json_extract(body, '$.correct.claim.value.figure.hi')) AS hi,
       (SELECT name FROM entity WHERE number * 4 = statement.origin) AS origin,  -- null for nobody with a name
       source.publisher, source.published, source.url
FROM claim
JOIN question ON question.number = claim.question
JOIN statement ON statement.question = claim.question AND statement.claim = claim.number
JOIN source ON source.number = claim.source
JOIN entry_body ON entry_body.sequence = claim.sequence;

-- The findings, worst first.
CREATE VIEW findings_now AS
SELECT lower(hex(id)) AS id, verdict, subject, predicate, object, unit, claims, origins, severity
FROM question WHERE severity > 0 ORDER BY severity DESC, latest DESC, id;
