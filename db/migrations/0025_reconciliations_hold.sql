-- As it was, and nothing is prepared or certified of which more differs than was looked into: its sum may be nothing while every record is missing.
-- What waits for a signature on such a comparison goes back: few rows, a moment under a lock.
CREATE OR REPLACE FUNCTION check_sign_off() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  of record;
  why text;
  eyes text[] := NEW.signed_by || ARRAY(SELECT person FROM stood_in_for(NEW.signed_by));
BEGIN
  SELECT r.entity, c.definition_version, c.is_bounded INTO of
  FROM reconciliations r JOIN comparisons c ON c.comparison_id = r.comparison_id AND c.reconciliation_id = r.reconciliation_id
  WHERE r.reconciliation_id = NEW.reconciliation_id AND r.comparison_id = NEW.comparison_id FOR UPDATE OF r;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'sign-off refused: comparison % is not the newest of reconciliation %', NEW.comparison_id, NEW.reconciliation_id USING ERRCODE = 'check_violation';
  END IF;
  IF of.is_bounded AND NEW.act <> 'rejected' THEN
    RAISE EXCEPTION 'sign-off refused: comparison % did not look into every difference', NEW.comparison_id USING ERRCODE = 'check_violation';
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
UPDATE reconciliations r SET state = 'breaks', revision = revision + 1 FROM comparisons c WHERE c.comparison_id = r.comparison_id AND c.is_bounded AND r.state IN ('ready', 'prepared');
