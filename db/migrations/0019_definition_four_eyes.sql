-- What loosens control in the definition of a reconciliation is approved by a second person before it counts. What is installed stays as it is.
-- A new table, and a column without a default: no lock to speak of.
CREATE TABLE "reconciliation_proposals" (
	"proposal_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reconciliation_proposals_proposal_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"base_version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"definition_hash" text NOT NULL,
	"loosens" text[] NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"answer" text,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	CONSTRAINT "reconciliation_proposals_answer" CHECK (answer in ('approved', 'declined', 'superseded')),
	CONSTRAINT "reconciliation_proposals_four_eyes" CHECK (decided_by <> proposed_by),
	CONSTRAINT "reconciliation_proposals_decided" CHECK ((coalesce(answer, 'superseded') = 'superseded') = (decided_by is null))
);
--> statement-breakpoint
ALTER TABLE "reconciliation_versions" ADD COLUMN "proposal_id" integer;--> statement-breakpoint
CREATE UNIQUE INDEX "reconciliation_proposals_one_waits" ON "reconciliation_proposals" USING btree ("name") WHERE answer is null;--> statement-breakpoint
ALTER TABLE "reconciliation_versions" ADD CONSTRAINT "reconciliation_versions_proposal_id_reconciliation_proposals_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."reconciliation_proposals"("proposal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation_versions" ADD CONSTRAINT "reconciliation_versions_proposal_id_unique" UNIQUE("proposal_id");
--> statement-breakpoint
-- Whether amounts by currency let more through than before: one is larger, or is there where none was.
CREATE FUNCTION is_wider(before jsonb, after jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT EXISTS (SELECT FROM jsonb_each_text(after) a WHERE before ->> a.key IS NULL OR a.value::numeric > (before ->> a.key)::numeric)
$$;
--> statement-breakpoint
-- The settings of a definition that loosen control, by their paths. Of a new one only what lets a rule certify: all else of it is prepared and
-- certified by two people, and its author is not the second. A setting that is not known here loosens whenever it changes.
CREATE FUNCTION what_loosens(before jsonb, after jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  WITH t AS (SELECT before -> 'tolerance' AS b, after -> 'tolerance' AS a), c AS (SELECT before -> 'certification' AS b, after -> 'certification' AS a),
  words AS (SELECT ARRAY['title', 'owner', 'process', 'due', 'tolerance', 'certification'] AS free)
  SELECT coalesce(array_agg(path ORDER BY path), '{}') FROM (
    SELECT 'certification.automaticUpTo' AS path FROM c WHERE is_wider(b -> 'automaticUpTo', a -> 'automaticUpTo')
    UNION ALL SELECT 'certification.sample' FROM c WHERE b ? 'automaticUpTo' AND a ? 'automaticUpTo' AND (a ->> 'sample')::numeric < (b ->> 'sample')::numeric
    UNION ALL SELECT 'certification.oneUpTo' FROM c WHERE b ? 'oneUpTo' AND (NOT a ? 'oneUpTo' OR is_wider(b -> 'oneUpTo', a -> 'oneUpTo'))
    -- Of two tolerances the smaller counts, and where there is one it counts alone: taking one away can let more through.
    UNION ALL SELECT 'tolerance.absolute' FROM t
    WHERE CASE WHEN b ? 'relative' OR a ? 'relative' THEN b -> 'absolute' <> a -> 'absolute' ELSE before IS NOT NULL AND is_wider(b -> 'absolute', a -> 'absolute') END
    UNION ALL SELECT 'tolerance.relative' FROM t WHERE before IS NOT NULL AND b -> 'relative' IS DISTINCT FROM a -> 'relative'
    UNION ALL SELECT 'tolerance.rounding' FROM t WHERE (a ->> 'rounding')::numeric > (b ->> 'rounding')::numeric
    UNION ALL SELECT 'tolerance.budget' FROM t WHERE before IS NOT NULL AND is_wider(b -> 'budget', a -> 'budget')
    UNION ALL SELECT 'tolerance.' || key FROM t, jsonb_object_keys(b || a) key
    WHERE key NOT IN ('absolute', 'relative', 'rounding', 'budget') AND b -> key IS DISTINCT FROM a -> key
    UNION ALL SELECT 'certification.' || key FROM c, jsonb_object_keys(b || a) key
    WHERE key NOT IN ('automaticUpTo', 'sample', 'oneUpTo') AND b -> key IS DISTINCT FROM a -> key
    UNION ALL SELECT key FROM words, jsonb_object_keys(before || after) key WHERE key <> ALL (free) AND before -> key IS DISTINCT FROM after -> key
  ) loosened
$$;
--> statement-breakpoint
-- The entities that a definition compares; * is all of them.
CREATE FUNCTION entities_of(definition jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN definition IS NULL THEN '{}' ELSE ARRAY(SELECT jsonb_array_elements_text(coalesce(definition -> 'entities', '["*"]'))) END
$$;
--> statement-breakpoint
-- The database's own word: versions follow each other, and one that loosens is what somebody with the role and scope approved who did not propose it.
CREATE FUNCTION check_reconciliation_version() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  known text;
  before jsonb;
  loosened text[];
BEGIN
  SELECT name INTO known FROM reconciliation_definitions WHERE definition_id = NEW.definition_id FOR UPDATE;
  SELECT definition INTO before FROM reconciliation_versions WHERE definition_id = NEW.definition_id AND version = NEW.version - 1;
  IF known IS DISTINCT FROM NEW.definition ->> 'reconciliation' OR (NEW.version = 1) <> (before IS NULL)
    OR EXISTS (SELECT FROM reconciliation_versions WHERE definition_id = NEW.definition_id AND version >= NEW.version) THEN
    RAISE EXCEPTION 'definition refused: version % is not the next of %', NEW.version, known USING ERRCODE = 'check_violation';
  END IF;
  loosened := what_loosens(before, NEW.definition);
  IF NEW.proposal_id IS NULL AND loosened = '{}' THEN RETURN NEW; END IF;
  IF NOT EXISTS (
    SELECT FROM reconciliation_proposals p JOIN people h ON h.sign_in = p.decided_by AND h.role = 'controller' AND h.disabled_at IS NULL
    WHERE p.proposal_id = NEW.proposal_id AND p.answer = 'approved' AND p.decided_by <> p.proposed_by
      AND p.proposed_by NOT IN (SELECT person FROM stood_in_for(p.decided_by))
      AND (p.name, p.base_version, p.definition, p.proposed_by) = (known, NEW.version - 1, NEW.definition, NEW.created_by)
      AND NOT EXISTS (SELECT FROM unnest(entities_of(before) || entities_of(NEW.definition)) asked(entity)
        WHERE NOT h.entity_scope && ARRAY['*', asked.entity] AND NOT EXISTS (SELECT FROM lent_entities(h.sign_in) l WHERE l.entity IN ('*', asked.entity)))) THEN
    RAISE EXCEPTION 'definition refused: nobody approved that % is loosened: %', known, array_to_string(loosened, ', ') USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER loosened_by_two BEFORE INSERT ON reconciliation_versions FOR EACH ROW EXECUTE FUNCTION check_reconciliation_version();
--> statement-breakpoint
-- The version in force moves on to the next, never back to one that let more through.
CREATE FUNCTION check_current_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.current_version <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.current_version + 1 END) THEN
    RAISE EXCEPTION 'definition refused: version % of % is not the next', NEW.current_version, NEW.name USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER versions_follow BEFORE INSERT OR UPDATE OF current_version ON reconciliation_definitions FOR EACH ROW EXECUTE FUNCTION check_current_version();
--> statement-breakpoint
CREATE TRIGGER never_deleted BEFORE DELETE ON reconciliation_proposals FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
--> statement-breakpoint
CREATE TRIGGER taken_back_once BEFORE UPDATE ON reconciliation_proposals FOR EACH ROW EXECUTE FUNCTION refuse_edit_but(answer, decided_by, decided_at, decision_reason);
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_proposals AFTER INSERT OR UPDATE ON reconciliation_proposals FOR EACH ROW EXECUTE FUNCTION tell_screens('reconciliations');
--> statement-breakpoint
-- What was proposed is never edited, and comes unanswered.
GRANT SELECT, INSERT (name, base_version, definition, definition_hash, loosens, proposed_by, proposed_at) ON reconciliation_proposals TO tower_app;
--> statement-breakpoint
GRANT UPDATE (answer, decided_by, decided_at, decision_reason) ON reconciliation_proposals TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE reconciliation_proposals_proposal_id_seq TO tower_app;
