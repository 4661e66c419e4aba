-- The audit log becomes a Merkle log (docs/decisions/0021-audit-merkle-log.md): events are written without waiting for each other, a
-- sequencer gives them their leaves afterwards. Events of before stay as they are and become the first leaves, in their order, with the
-- worker's next turn. Their chain is followed one last time, and an event says how it ended: its head stays comparable with what
-- auditors took along. Locks audit_events for three indexes and that reading: about ten seconds a million. A program of before
-- can still write events meanwhile; its screens of the audit log fail until it is replaced.
CREATE TABLE "audit_checkpoints" (
	"checkpoint_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_checkpoints_checkpoint_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tree_size" bigint NOT NULL,
	"root" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"signed_at" timestamp with time zone NOT NULL,
	"note" text NOT NULL,
	"on_demand" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_keys" (
	"verifier" text PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_until" timestamp with time zone,
	CONSTRAINT "audit_keys_key_id_unique" UNIQUE("key_id")
);
--> statement-breakpoint
CREATE TABLE "audit_leaves" (
	"leaf_index" bigint PRIMARY KEY NOT NULL,
	"event_id" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_leaves_event_id_unique" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" integer PRIMARY KEY NOT NULL,
	"origin" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_nodes" (
	"level" integer NOT NULL,
	"position" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_nodes_level_position_pk" PRIMARY KEY("level","position")
);
--> statement-breakpoint
CREATE TABLE "audit_pending" (
	"event_id" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_checkpoints_by_size" ON "audit_checkpoints" USING btree ("tree_size");--> statement-breakpoint
CREATE INDEX "audit_by_time" ON "audit_events" USING btree ("at","event_id");--> statement-breakpoint
CREATE INDEX "audit_by_actor" ON "audit_events" USING btree ("actor","at","event_id");--> statement-breakpoint
CREATE INDEX "audit_by_action" ON "audit_events" USING btree ("action","at","event_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_keys_one_in_force" ON "audit_keys" ((valid_until is null)) WHERE valid_until is null;
--> statement-breakpoint
ALTER TABLE audit_log ADD CONSTRAINT audit_log_is_one_row CHECK (id = 1);
--> statement-breakpoint
INSERT INTO audit_log VALUES (1, 'finance-control-tower/audit/' || gen_random_uuid());
--> statement-breakpoint
ALTER TABLE audit_leaves ADD CONSTRAINT audit_leaves_hash CHECK (length(hash) = 32);
--> statement-breakpoint
CREATE SEQUENCE audit_event_id;
--> statement-breakpoint
SELECT setval('audit_event_id', event_id + 1, false) FROM audit_head;
--> statement-breakpoint
-- The chain of before, followed once more while its functions are there. A sound one has no faults.
CREATE TEMPORARY TABLE chain_end AS
  SELECT h.event_id AS last_event, h.hash AS head, (SELECT count(*) FROM audit_events) AS events,
    (SELECT coalesce(jsonb_agg(event_id ORDER BY event_id), '[]') FROM (
      SELECT event_id FROM (
        SELECT e.event_id, e.hash, e.previous_hash, audit_hash(e.previous_hash, e) AS expected, lag(e.hash, 1, repeat('0', 64)) OVER w AS before,
          lag(e.event_id, 1, 0::bigint) OVER w AS before_id
        FROM audit_events e WINDOW w AS (ORDER BY e.event_id)) l
      WHERE hash <> expected OR previous_hash <> before OR before_id <> event_id - 1
      UNION SELECT h.event_id WHERE h.event_id > 0 AND NOT EXISTS (SELECT FROM audit_events e WHERE e.event_id = h.event_id AND e.hash = h.hash)
      ORDER BY 1 LIMIT 100) f) AS faults
  FROM audit_head h;
--> statement-breakpoint
DROP FUNCTION append_audit_event(text, text, text, text, text, text, jsonb, jsonb, uuid);
--> statement-breakpoint
DROP FUNCTION audit_hash(text, audit_events);
--> statement-breakpoint
DROP FUNCTION audit_payload(audit_events);
--> statement-breakpoint
DROP TABLE audit_head;
--> statement-breakpoint
ALTER TABLE audit_events DROP COLUMN previous_hash, DROP COLUMN hash;
--> statement-breakpoint
-- The only way to write an audit event. Nobody waits: its leaf comes later, and until then audit_pending holds it.
CREATE FUNCTION append_audit_event(actor text, role text, action text, object_type text, object_id text, reason text,
  before jsonb, after jsonb, correlation_id uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  id bigint := nextval('audit_event_id');
BEGIN
  INSERT INTO audit_events VALUES (id, clock_timestamp(), actor, role, action, object_type, object_id, reason, before, after, correlation_id);
  INSERT INTO audit_pending VALUES (id);
  RETURN id;
END $$;
--> statement-breakpoint
-- The only way to append leaves, and the only one by which an event stops being pending. One at a time; the hashes stand one behind
-- the other, 32 bytes each. Whole nodes come along with the leaves that make them whole.
CREATE FUNCTION append_audit_leaves(first bigint, event_ids bigint[], hashes bytea, levels integer[], positions bigint[], nodes bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  taken bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7236010);
  IF first <> (SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaves) THEN
    RAISE EXCEPTION 'leaf % is not the next of the audit log', first USING ERRCODE = 'serialization_failure';
  END IF;
  DELETE FROM audit_pending WHERE event_id = ANY (event_ids);
  GET DIAGNOSTICS taken = ROW_COUNT;
  IF taken <> cardinality(event_ids) OR length(hashes) <> 32 * taken OR length(nodes) <> 32 * cardinality(positions) THEN
    RAISE EXCEPTION 'these are not % events that wait for a leaf', cardinality(event_ids) USING ERRCODE = 'serialization_failure';
  END IF;
  INSERT INTO audit_leaves SELECT first + n - 1, id, substring(hashes FROM (32 * n - 31)::int FOR 32) FROM unnest(event_ids) WITH ORDINALITY AS u (id, n);
  INSERT INTO audit_nodes SELECT level, position, substring(nodes FROM (32 * n - 31)::int FOR 32) FROM unnest(levels, positions) WITH ORDINALITY AS u (level, position, n);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION append_audit_event, append_audit_leaves FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION append_audit_event, append_audit_leaves TO tower_app;
--> statement-breakpoint
GRANT SELECT ON audit_pending, audit_leaves, audit_nodes, audit_log, audit_checkpoints, audit_keys TO tower_app;
--> statement-breakpoint
-- What was signed stays; a key is retired, never taken away.
GRANT INSERT ON audit_checkpoints, audit_keys TO tower_app;
--> statement-breakpoint
GRANT UPDATE (valid_until) ON audit_keys TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE audit_checkpoints_checkpoint_id_seq TO tower_app;
--> statement-breakpoint
INSERT INTO audit_pending SELECT event_id FROM audit_events;
--> statement-breakpoint
SELECT append_audit_event('service:migration', 'service', 'audit.chain_ended', 'audit_log', 'chain', 'the chain of hashes is followed by a Merkle log', NULL,
  jsonb_build_object('events', events, 'lastEvent', last_event, 'head', head, 'faults', faults), gen_random_uuid()) FROM chain_end WHERE last_event > 0;
--> statement-breakpoint
DROP TABLE chain_end;
