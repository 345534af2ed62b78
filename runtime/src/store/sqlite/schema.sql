-- One file holds everything that several processes of one machine share.

-- The log: every event that was published, in the order in which it was written. Rows are never changed.
CREATE TABLE event (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL,
  source       TEXT NOT NULL,
  choreography TEXT NOT NULL,
  key          TEXT NOT NULL,
  type         TEXT NOT NULL,
  payload      TEXT NOT NULL,      -- JSON
  causation    TEXT,               -- the event that the source had heard just before
  rounds       TEXT,               -- JSON: the deadlines in whose bodies it was published, and their rounds
  trace        TEXT,               -- the distributed trace that it is part of: traceparent and tracestate
  at           INTEGER NOT NULL    -- milliseconds since 1970
);

-- What was caused by nothing inside comes from outside, and may come twice.
CREATE UNIQUE INDEX event_from_outside ON event (source, id) WHERE causation IS NULL;

-- What is still to be taken, one row for each subscriber. The place in what the source has sent the subscriber
-- about the instance is a number in a lane.
CREATE TABLE delivery (
  subscriber  TEXT NOT NULL,
  event       INTEGER NOT NULL,
  sequence    INTEGER,
  lane        INTEGER,             -- none: 0
  overtakes   INTEGER,             -- it may be taken before so many right before it; none: 0
  undoes      INTEGER,             -- the place of what it takes back
  undoes_lane INTEGER,
  PRIMARY KEY (subscriber, event)
) WITHOUT ROWID;

-- Where each instance stands at each service. The key comes first, so that what changes together is stored
-- together.
CREATE TABLE instance (
  key          TEXT NOT NULL,
  choreography TEXT NOT NULL,
  service      TEXT NOT NULL,
  revision     INTEGER NOT NULL,   -- rises with each step: whoever computed from an older one has lost
  progress     TEXT NOT NULL,      -- JSON
  quarantine   TEXT,               -- why it was set aside, if it was
  due          INTEGER,            -- when it has something to do by itself, in milliseconds since 1970
  changed      INTEGER NOT NULL,   -- when it was written, in milliseconds since 1970
  PRIMARY KEY (key, choreography, service)
) WITHOUT ROWID;

CREATE INDEX instance_quarantined ON instance (service) WHERE quarantine IS NOT NULL;
CREATE INDEX instance_due ON instance (due) WHERE due IS NOT NULL;

-- What the states of instances mean, for those who look at them without the services: one row for each version.
CREATE TABLE machine (
  service      TEXT NOT NULL,
  choreography TEXT NOT NULL,
  hash         TEXT NOT NULL,      -- as in the progress of its instances
  legend       TEXT NOT NULL,      -- JSON
  PRIMARY KEY (service, choreography, hash)
) WITHOUT ROWID;

-- Which services hear foreign events, and for which choreography.
CREATE TABLE listener (
  type         TEXT NOT NULL,
  service      TEXT NOT NULL,
  choreography TEXT NOT NULL,
  PRIMARY KEY (type, service, choreography)
) WITHOUT ROWID;

-- What people should know of.
CREATE TABLE journal (
  number       INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,
  service      TEXT NOT NULL,
  choreography TEXT NOT NULL,
  key          TEXT NOT NULL,
  event        TEXT NOT NULL,
  type         TEXT NOT NULL,
  verdict      TEXT NOT NULL,
  reason       TEXT NOT NULL
);

-- Instances that were changed by someone who does not serve them.
CREATE TABLE nudge (
  number       INTEGER PRIMARY KEY,
  service      TEXT NOT NULL,
  choreography TEXT NOT NULL,
  key          TEXT NOT NULL
);
