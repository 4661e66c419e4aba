-- The database's own word on who certifies, whatever door one comes through; and what was said, found or signed is never edited.
-- A column on sign_offs, filled for what rules have signed so far: some thousand rows, a moment under a lock.
ALTER TABLE "sign_offs" ADD COLUMN "rule_version" integer;--> statement-breakpoint
UPDATE sign_offs s SET rule_version = c.definition_version FROM comparisons c WHERE c.comparison_id = s.comparison_id AND s.signed_by LIKE 'service:%';--> statement-breakpoint
ALTER TABLE "sign_offs" ADD CONSTRAINT "sign_offs_rule" CHECK ((rule_version is null) = (signed_by not like 'service:%'));
--> statement-breakpoint
-- Where somebody may act besides their own entities: those lent, as far as whoever lent them still has them, and the same role.
CREATE FUNCTION lent_entities(person text) RETURNS TABLE (entity text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT x.entity FROM stand_ins s
    JOIN people own ON own.sign_in = s.stand_in JOIN people away ON away.sign_in = s.for_person AND away.role = own.role AND away.disabled_at IS NULL
    CROSS JOIN LATERAL (
      SELECT e AS entity FROM unnest(s.entities) e WHERE e = ANY (away.entity_scope) OR '*' = ANY (away.entity_scope)
      UNION SELECT e FROM unnest(away.entity_scope) e WHERE '*' = ANY (s.entities)) x
  WHERE s.stand_in = person AND s.ended_at IS NULL AND now() >= s.starts_at AND now() < s.ends_at
$$;
--> statement-breakpoint
-- For whom somebody stands in now. To four eyes they are one: whoever is away does not pick the second person for what they did themselves.
CREATE FUNCTION stood_in_for(stands_in text) RETURNS TABLE (person text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT s.for_person FROM stand_ins s WHERE s.stand_in = stands_in AND s.ended_at IS NULL AND now() >= s.starts_at AND now() < s.ends_at
$$;
--> statement-breakpoint
-- Who loaded, replayed or corrected what a comparison compares, wrote its definition, or prepared it. They do not certify it.
CREATE OR REPLACE FUNCTION people_under(comparison integer) RETURNS TABLE (person text, because text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH compared AS (
    SELECT c.as_of, r.entity, r.period, r.version, r.definition_id, c.definition_version, v.definition, v.created_by
    FROM comparisons c JOIN reconciliations r ON r.reconciliation_id = c.reconciliation_id
      JOIN reconciliation_versions v ON v.definition_id = r.definition_id AND v.version = c.definition_version
    WHERE c.comparison_id = comparison),
  touching AS MATERIALIZED (
    SELECT DISTINCT p.run_id, n.requested_by, n.trigger, n.bulk_replay_id
    FROM compared c CROSS JOIN LATERAL jsonb_array_elements(c.definition -> 'sides') s
      JOIN systems y ON y.code = s ->> 'system'
      JOIN slice_totals t ON t.system_id = y.system_id AND t.object_type = s ->> 'objectType' AND (t.entity, t.period, t.version) = (c.entity, c.period, c.version)
        AND t.loaded_at_pub <= c.as_of
      JOIN publications p ON p.publication IN (t.loaded_at_pub, t.superseded_at_pub) AND p.publication <= c.as_of
      JOIN runs n ON n.run_id = p.run_id)
  SELECT requested_by, trigger || ' of run ' || run_id FROM touching
  UNION ALL SELECT b.requested_by, 'replay ' || b.bulk_replay_id FROM touching t JOIN bulk_replays b ON b.bulk_replay_id = t.bulk_replay_id
  UNION ALL SELECT o.proposed_by, 'correction ' || o.correction_id FROM touching t JOIN corrected_records x ON x.run_id = t.run_id
    CROSS JOIN LATERAL unnest(x.correction_ids) correction_id JOIN corrections o USING (correction_id)
  UNION ALL SELECT created_by, 'the definition, version ' || definition_version FROM compared
  UNION ALL SELECT signed_by, 'its preparation' FROM sign_offs WHERE comparison_id = comparison AND act = 'prepared'
$$;
--> statement-breakpoint
-- Whether a figure of a comparison is above these amounts, or in a currency that is not among them.
CREATE FUNCTION is_above(comparison integer, amounts jsonb) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM comparison_figures f WHERE f.comparison_id = comparison
    AND (amounts ->> f.currency IS NULL OR abs(f.amount) > (amounts ->> f.currency)::numeric))
$$;
--> statement-breakpoint
-- Why the rule of a definition does not certify a comparison; null: it may. The product leaves more to people than this.
CREATE FUNCTION why_not_by_rule(comparison integer) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN c.definition_version <> d.current_version THEN 'its definition has another version by now'
    WHEN v.definition #> '{certification,automaticUpTo}' IS NULL THEN 'its definition lets no rule certify'
    WHEN NOT EXISTS (SELECT FROM comparison_figures f WHERE f.comparison_id = comparison) THEN 'nothing is compared'
    WHEN is_above(comparison, v.definition #> '{certification,automaticUpTo}') THEN 'a figure is above the limit of its definition'
    WHEN EXISTS (SELECT FROM comparison_parts p WHERE p.comparison_id = comparison) OR EXISTS (
      SELECT FROM comparison_figures f CROSS JOIN generate_series(1, jsonb_array_length(v.definition -> 'sides') - 1) other(side)
      WHERE f.comparison_id = comparison GROUP BY f.account_group, f.currency, other.side
      HAVING coalesce(sum(f.amount) FILTER (WHERE f.side = 0), 0) <> coalesce(sum(f.amount) FILTER (WHERE f.side = other.side), 0)) THEN 'it does not tie'
    WHEN EXISTS (SELECT FROM explanations x WHERE x.reconciliation_id = c.reconciliation_id AND x.withdrawn_at IS NULL)
      OR EXISTS (SELECT FROM match_acts a WHERE a.reconciliation_id = c.reconciliation_id AND a.undone_at IS NULL) THEN 'people explained or matched something of it'
    WHEN NOT (SELECT k.is_automatic FROM certifications k WHERE k.reconciliation_id = c.reconciliation_id ORDER BY k.certification_id DESC LIMIT 1)
      THEN 'people certified it before'
    END
  FROM comparisons c JOIN reconciliations r ON r.reconciliation_id = c.reconciliation_id JOIN reconciliation_definitions d ON d.definition_id = r.definition_id
    JOIN reconciliation_versions v ON v.definition_id = r.definition_id AND v.version = c.definition_version
  WHERE c.comparison_id = comparison
$$;
--> statement-breakpoint
-- A statement is about the newest comparison, by somebody who may make it there now, or by a rule that is in force.
CREATE OR REPLACE FUNCTION check_sign_off() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  of record;
  why text;
  eyes text[] := NEW.signed_by || ARRAY(SELECT person FROM stood_in_for(NEW.signed_by));
BEGIN
  SELECT r.entity, c.definition_version INTO of
  FROM reconciliations r JOIN comparisons c ON c.comparison_id = r.comparison_id AND c.reconciliation_id = r.reconciliation_id
  WHERE r.reconciliation_id = NEW.reconciliation_id AND r.comparison_id = NEW.comparison_id FOR UPDATE OF r;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'sign-off refused: comparison % is not the newest of reconciliation %', NEW.comparison_id, NEW.reconciliation_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.signed_by LIKE 'service:%' THEN
    why := CASE WHEN NEW.signed_by <> 'service:rule' OR NEW.act <> 'certified' THEN NEW.signed_by || ' signs nothing'
      WHEN NEW.rule_version IS DISTINCT FROM of.definition_version THEN 'it names no rule that it was compared by'
      ELSE why_not_by_rule(NEW.comparison_id) END;
    IF why IS NOT NULL THEN RAISE EXCEPTION 'sign-off refused: %', why USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW;
  END IF;
  IF NEW.act = 'certified' THEN
    IF EXISTS (SELECT FROM sign_offs s WHERE s.comparison_id = NEW.comparison_id AND s.signed_by = ANY (eyes)
      AND (s.act = 'prepared' OR s.act = 'certified' AND s.sign_off_id > (SELECT max(b.sign_off_id) FROM sign_offs b WHERE b.comparison_id = s.comparison_id AND b.act <> 'certified'))) THEN
      RAISE EXCEPTION 'sign-off refused: % has signed this comparison already', array_to_string(eyes, ' or ') USING ERRCODE = 'check_violation';
    END IF;
    IF 'prepared' IS DISTINCT FROM (SELECT s.act FROM sign_offs s WHERE s.comparison_id = NEW.comparison_id AND s.act <> 'certified' ORDER BY s.sign_off_id DESC LIMIT 1) THEN
      RAISE EXCEPTION 'sign-off refused: nobody has prepared this comparison' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_under(NEW.comparison_id) u WHERE u.person = ANY (eyes)) THEN
      RAISE EXCEPTION 'sign-off refused: % changed something under it', array_to_string(eyes, ' or ') USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NOT EXISTS (SELECT FROM people p WHERE p.sign_in = NEW.signed_by AND p.disabled_at IS NULL
    AND (p.role = 'controller' OR p.role = 'finance_operations' AND NEW.act = 'prepared')
    AND (p.entity_scope && ARRAY['*', of.entity] OR EXISTS (SELECT FROM lent_entities(p.sign_in) l WHERE l.entity IN ('*', of.entity)))) THEN
    RAISE EXCEPTION 'sign-off refused: % is nobody who may say % of %', NEW.signed_by, NEW.act, of.entity USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- A certification is the result of sign-offs that count: enough people since the newest preparation, or the rule last of all.
CREATE FUNCTION check_certification() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  of record;
  last_act record;
  certifiers integer;
  why text;
BEGIN
  SELECT c.as_of, v.definition #> '{certification,oneUpTo}' AS one_up_to INTO of
  FROM reconciliations r JOIN comparisons c ON c.comparison_id = r.comparison_id AND c.reconciliation_id = r.reconciliation_id
    JOIN reconciliation_versions v ON v.definition_id = r.definition_id AND v.version = c.definition_version
  WHERE r.reconciliation_id = NEW.reconciliation_id AND r.comparison_id = NEW.comparison_id FOR UPDATE OF r;
  IF NOT FOUND THEN why := 'it is not about the newest comparison';
  ELSIF NEW.as_of <> of.as_of OR NEW.superseded_at IS NOT NULL THEN why := 'it is not about what was compared';
  ELSIF NEW.seal_hash <> encode(sha256(convert_to(NEW.seal, 'UTF8')), 'hex') THEN why := 'its hash is not that of its seal';
  ELSIF NEW.is_automatic THEN
    SELECT s.act, s.signed_by INTO last_act FROM sign_offs s WHERE s.comparison_id = NEW.comparison_id ORDER BY s.sign_off_id DESC LIMIT 1;
    why := CASE WHEN last_act.signed_by IS DISTINCT FROM 'service:rule' THEN 'no rule has signed it' ELSE why_not_by_rule(NEW.comparison_id) END;
  ELSE
    SELECT s.act, s.sign_off_id INTO last_act FROM sign_offs s WHERE s.comparison_id = NEW.comparison_id AND s.act <> 'certified' ORDER BY s.sign_off_id DESC LIMIT 1;
    SELECT count(DISTINCT s.signed_by) INTO certifiers FROM sign_offs s
    WHERE s.comparison_id = NEW.comparison_id AND s.act = 'certified' AND s.sign_off_id > last_act.sign_off_id AND s.rule_version IS NULL;
    why := CASE WHEN last_act.act IS DISTINCT FROM 'prepared' THEN 'nobody has prepared it'
      WHEN certifiers < CASE WHEN of.one_up_to IS NOT NULL AND is_above(NEW.comparison_id, of.one_up_to) THEN 2 ELSE 1 END THEN 'too few have certified it' END;
  END IF;
  IF why IS NOT NULL THEN RAISE EXCEPTION 'certification refused: %', why USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER certified_by_four_eyes BEFORE INSERT ON certifications FOR EACH ROW EXECUTE FUNCTION check_certification();
--> statement-breakpoint
-- Nothing is called certified that no standing certification of its newest comparison says.
CREATE FUNCTION check_certified_state() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM certifications k WHERE k.certification_id = NEW.certification_id AND k.reconciliation_id = NEW.reconciliation_id
    AND k.comparison_id = NEW.comparison_id AND k.superseded_at IS NULL) THEN
    RAISE EXCEPTION 'reconciliation refused: no certification of % stands', NEW.reconciliation_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER certified_by_its_certification BEFORE INSERT OR UPDATE OF state, comparison_id, certification_id ON reconciliations
  FOR EACH ROW WHEN (NEW.state = 'certified') EXECUTE FUNCTION check_certified_state();
--> statement-breakpoint
-- As it was, but for stand-ins: what somebody asked for is not approved by who stands in for them.
CREATE OR REPLACE FUNCTION check_period_reopening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'closed' AND NEW.state NOT IN ('closed', 'reopened') THEN
    RAISE EXCEPTION 'period refused: % % is closed, and is reopened by two people', NEW.entity, NEW.period USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'reopened' AND (TG_OP = 'INSERT' OR OLD.state <> 'reopened' OR OLD.reopening_id <> NEW.reopening_id) THEN
    IF TG_OP = 'INSERT' OR OLD.state <> 'closed' THEN
      RAISE EXCEPTION 'period refused: % % is not closed', NEW.entity, NEW.period USING ERRCODE = 'check_violation';
    END IF;
    UPDATE period_reopenings SET used_at = now()
    WHERE request_id = NEW.reopening_id AND (entity, period) = (NEW.entity, NEW.period) AND answer = 'approved' AND decided_by <> requested_by
      AND requested_by NOT IN (SELECT person FROM stood_in_for(decided_by)) AND used_at IS NULL;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'period refused: nobody approved that % % is reopened', NEW.entity, NEW.period USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Never edited and never deleted, not even by the owner of the database, who would have to switch this off first.
CREATE FUNCTION refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never edited', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
--> statement-breakpoint
-- But for the columns that take it back, end it or answer it: once, and together with nothing else.
CREATE FUNCTION refuse_edit_but() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - TG_ARGV <> to_jsonb(OLD) - TG_ARGV
    OR EXISTS (SELECT FROM unnest(TG_ARGV) a WHERE to_jsonb(OLD) -> a NOT IN ('null', to_jsonb(NEW) -> a)) THEN
    RAISE EXCEPTION '% is never edited', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
DO $$
DECLARE
  kept text;
  once text[];
BEGIN
  FOREACH kept IN ARRAY ARRAY['sign_offs', 'reconciliation_versions', 'comparisons', 'comparison_figures', 'comparison_parts', 'comparison_items', 'comparison_matches', 'comparison_match_lines'] LOOP
    EXECUTE format('CREATE TRIGGER never_edited BEFORE UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit()', kept);
  END LOOP;
  FOREACH once SLICE 1 IN ARRAY ARRAY[
    ['certifications', 'superseded_at, superseded_by'], ['explanations', 'withdrawn_by, withdrawn_at'], ['evidence', 'withdrawn_by, withdrawn_at'],
    ['match_acts', 'undone_by, undone_at'], ['stand_ins', 'ended_by, ended_at'], ['period_reopenings', 'answer, decided_by, decided_at, decision_reason, used_at']] LOOP
    EXECUTE format('CREATE TRIGGER never_deleted BEFORE DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit()', once[1]);
    EXECUTE format('CREATE TRIGGER taken_back_once BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_edit_but(%s)', once[1], once[2]);
  END LOOP;
END $$;
