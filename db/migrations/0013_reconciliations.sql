-- Reconciliations: definitions, comparisons, explanations, sign-offs and certifications. New tables only, no lock on what is there.
CREATE TABLE "certifications" (
	"certification_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "certifications_certification_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"reconciliation_id" integer NOT NULL,
	"comparison_id" integer NOT NULL,
	"as_of" integer NOT NULL,
	"seal" text NOT NULL,
	"seal_hash" text NOT NULL,
	"is_automatic" boolean NOT NULL,
	"certified_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	"superseded_by" integer,
	CONSTRAINT "certifications_superseded" CHECK ((superseded_at is null) = (superseded_by is null))
);
--> statement-breakpoint
CREATE TABLE "comparison_figures" (
	"comparison_id" integer NOT NULL,
	"side" integer NOT NULL,
	"account_group" text NOT NULL,
	"currency" text NOT NULL,
	"lines" bigint NOT NULL,
	"keys" bigint NOT NULL,
	"amount" numeric NOT NULL,
	CONSTRAINT "comparison_figures_comparison_id_side_account_group_currency_pk" PRIMARY KEY("comparison_id","side","account_group","currency")
);
--> statement-breakpoint
CREATE TABLE "comparison_items" (
	"comparison_id" integer NOT NULL,
	"part" integer NOT NULL,
	"side" integer NOT NULL,
	"kind" text NOT NULL,
	"item_id" bigint NOT NULL,
	"amount" numeric NOT NULL,
	"is_evidence" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "comparison_match_lines" (
	"comparison_id" integer NOT NULL,
	"match" integer NOT NULL,
	"side" integer NOT NULL,
	"line_id" bigint NOT NULL,
	"amount" numeric NOT NULL,
	CONSTRAINT "comparison_match_lines_comparison_id_match_line_id_pk" PRIMARY KEY("comparison_id","match","line_id")
);
--> statement-breakpoint
CREATE TABLE "comparison_matches" (
	"comparison_id" integer NOT NULL,
	"match" integer NOT NULL,
	"side" integer NOT NULL,
	"state" text NOT NULL,
	"rule" text NOT NULL,
	"currency" text NOT NULL,
	"difference" numeric NOT NULL,
	"distance" jsonb,
	"margin" jsonb,
	CONSTRAINT "comparison_matches_comparison_id_match_pk" PRIMARY KEY("comparison_id","match")
);
--> statement-breakpoint
CREATE TABLE "comparison_parts" (
	"comparison_id" integer NOT NULL,
	"part" integer NOT NULL,
	"side" integer NOT NULL,
	"account_group" text NOT NULL,
	"currency" text NOT NULL,
	"bucket" text NOT NULL,
	"key" text NOT NULL,
	"amount" numeric NOT NULL,
	"keys" integer NOT NULL,
	"because" jsonb NOT NULL,
	CONSTRAINT "comparison_parts_comparison_id_part_pk" PRIMARY KEY("comparison_id","part")
);
--> statement-breakpoint
CREATE TABLE "comparisons" (
	"comparison_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "comparisons_comparison_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"reconciliation_id" integer NOT NULL,
	"definition_version" integer NOT NULL,
	"as_of" integer NOT NULL,
	"compared_at" timestamp with time zone NOT NULL,
	"is_bounded" boolean NOT NULL,
	"found_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"evidence_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "evidence_evidence_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"reconciliation_id" integer NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"sha256" text NOT NULL,
	"byte_count" integer NOT NULL,
	"content" text NOT NULL,
	"added_by" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "explanations" (
	"explanation_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "explanations_explanation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"reconciliation_id" integer NOT NULL,
	"side" integer NOT NULL,
	"account_group" text NOT NULL,
	"currency" text NOT NULL,
	"key" text NOT NULL,
	"type" text NOT NULL,
	"amount" numeric NOT NULL,
	"text" text NOT NULL,
	"evidence_id" integer,
	"explained_by" text NOT NULL,
	"explained_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_by" text,
	"withdrawn_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "match_acts" (
	"act_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "match_acts_act_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"reconciliation_id" integer NOT NULL,
	"kind" text NOT NULL,
	"first_line_ids" bigint[] NOT NULL,
	"other_line_ids" bigint[] NOT NULL,
	"acted_by" text NOT NULL,
	"acted_at" timestamp with time zone NOT NULL,
	"undone_by" text,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "reconciliation_definitions" (
	"definition_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reconciliation_definitions_definition_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"current_version" integer NOT NULL,
	CONSTRAINT "reconciliation_definitions_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_versions" (
	"definition_id" integer NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"definition_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reconciliation_versions_definition_id_version_pk" PRIMARY KEY("definition_id","version")
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"reconciliation_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reconciliations_reconciliation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"definition_id" integer NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"state" text NOT NULL,
	"comparison_id" integer,
	"certification_id" integer,
	"looked_as_of" integer DEFAULT 0 NOT NULL,
	"looked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_offs" (
	"sign_off_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sign_offs_sign_off_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"reconciliation_id" integer NOT NULL,
	"comparison_id" integer NOT NULL,
	"act" text NOT NULL,
	"signed_by" text NOT NULL,
	"comment" text NOT NULL,
	"signed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sign_offs_act" CHECK (act in ('prepared', 'certified', 'rejected')),
	CONSTRAINT "sign_offs_rejected_says_why" CHECK (act <> 'rejected' or length(trim(comment)) >= 5)
);
--> statement-breakpoint
ALTER TABLE "certifications" ADD CONSTRAINT "certifications_reconciliation_id_reconciliations_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("reconciliation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certifications" ADD CONSTRAINT "certifications_comparison_id_comparisons_comparison_id_fk" FOREIGN KEY ("comparison_id") REFERENCES "public"."comparisons"("comparison_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certifications" ADD CONSTRAINT "certifications_as_of_publications_publication_fk" FOREIGN KEY ("as_of") REFERENCES "public"."publications"("publication") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comparison_figures" ADD CONSTRAINT "comparison_figures_comparison_id_comparisons_comparison_id_fk" FOREIGN KEY ("comparison_id") REFERENCES "public"."comparisons"("comparison_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comparison_matches" ADD CONSTRAINT "comparison_matches_comparison_id_comparisons_comparison_id_fk" FOREIGN KEY ("comparison_id") REFERENCES "public"."comparisons"("comparison_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comparison_parts" ADD CONSTRAINT "comparison_parts_comparison_id_comparisons_comparison_id_fk" FOREIGN KEY ("comparison_id") REFERENCES "public"."comparisons"("comparison_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comparisons" ADD CONSTRAINT "comparisons_reconciliation_id_reconciliations_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("reconciliation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_reconciliation_id_reconciliations_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("reconciliation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "explanations" ADD CONSTRAINT "explanations_reconciliation_id_reconciliations_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("reconciliation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_acts" ADD CONSTRAINT "match_acts_reconciliation_id_reconciliations_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("reconciliation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation_versions" ADD CONSTRAINT "reconciliation_versions_definition_id_reconciliation_definitions_definition_id_fk" FOREIGN KEY ("definition_id") REFERENCES "public"."reconciliation_definitions"("definition_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_definition_id_reconciliation_definitions_definition_id_fk" FOREIGN KEY ("definition_id") REFERENCES "public"."reconciliation_definitions"("definition_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_offs" ADD CONSTRAINT "sign_offs_reconciliation_id_reconciliations_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("reconciliation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_offs" ADD CONSTRAINT "sign_offs_comparison_id_comparisons_comparison_id_fk" FOREIGN KEY ("comparison_id") REFERENCES "public"."comparisons"("comparison_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "certifications_by_reconciliation" ON "certifications" USING btree ("reconciliation_id","certification_id");--> statement-breakpoint
CREATE UNIQUE INDEX "certifications_one_standing" ON "certifications" USING btree ("reconciliation_id") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "comparison_items_by_part" ON "comparison_items" USING btree ("comparison_id","part");--> statement-breakpoint
CREATE INDEX "comparisons_by_reconciliation" ON "comparisons" USING btree ("reconciliation_id","comparison_id");--> statement-breakpoint
CREATE INDEX "evidence_by_reconciliation" ON "evidence" USING btree ("reconciliation_id");--> statement-breakpoint
CREATE INDEX "explanations_by_reconciliation" ON "explanations" USING btree ("reconciliation_id");--> statement-breakpoint
CREATE INDEX "match_acts_by_reconciliation" ON "match_acts" USING btree ("reconciliation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "reconciliations_one" ON "reconciliations" USING btree ("definition_id","entity","period","version");--> statement-breakpoint
CREATE INDEX "reconciliations_by_period" ON "reconciliations" USING btree ("period","entity");--> statement-breakpoint
CREATE INDEX "sign_offs_by_reconciliation" ON "sign_offs" USING btree ("reconciliation_id","sign_off_id");
--> statement-breakpoint
-- Who loaded, replayed or corrected what a comparison compares, or wrote its definition. They do not certify it.
CREATE FUNCTION people_under(comparison integer) RETURNS TABLE (person text, because text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
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
$$;
--> statement-breakpoint
-- The database's own word on four eyes: whatever door a sign-off comes through.
CREATE FUNCTION check_sign_off() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.act <> 'certified' THEN RETURN NEW; END IF;
  IF EXISTS (SELECT FROM sign_offs s WHERE s.comparison_id = NEW.comparison_id AND s.signed_by = NEW.signed_by
    AND (s.act = 'prepared' OR s.act = 'certified' AND s.sign_off_id > (SELECT max(b.sign_off_id) FROM sign_offs b WHERE b.comparison_id = s.comparison_id AND b.act <> 'certified'))) THEN
    RAISE EXCEPTION 'sign-off refused: % has signed this comparison already', NEW.signed_by USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.signed_by NOT LIKE 'service:%' THEN
    IF NOT EXISTS (SELECT FROM sign_offs s WHERE s.comparison_id = NEW.comparison_id AND s.act = 'prepared') THEN
      RAISE EXCEPTION 'sign-off refused: nobody has prepared this comparison' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM people_under(NEW.comparison_id) u WHERE u.person = NEW.signed_by) THEN
      RAISE EXCEPTION 'sign-off refused: % changed something under it', NEW.signed_by USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER sign_off_by_four_eyes BEFORE INSERT ON sign_offs FOR EACH ROW EXECUTE FUNCTION check_sign_off();
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_reconciliations AFTER INSERT OR UPDATE OF state, comparison_id ON reconciliations FOR EACH ROW EXECUTE FUNCTION tell_screens('reconciliations');
--> statement-breakpoint
GRANT SELECT, INSERT ON reconciliation_definitions, reconciliation_versions, reconciliations, comparisons, comparison_figures, comparison_parts, comparison_items, comparison_matches, comparison_match_lines,
  match_acts, explanations, evidence, sign_offs, certifications TO tower_app;
--> statement-breakpoint
GRANT UPDATE (current_version) ON reconciliation_definitions TO tower_app;
--> statement-breakpoint
GRANT UPDATE (state, comparison_id, certification_id, looked_as_of, looked_at, revision) ON reconciliations TO tower_app;
--> statement-breakpoint
-- What was said stays; it can be taken back, and what was sealed can be superseded. Nothing else of it moves.
GRANT UPDATE (withdrawn_by, withdrawn_at) ON explanations TO tower_app;
--> statement-breakpoint
GRANT UPDATE (undone_by, undone_at) ON match_acts TO tower_app;
--> statement-breakpoint
GRANT UPDATE (superseded_at, superseded_by) ON certifications TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE reconciliation_definitions_definition_id_seq, reconciliations_reconciliation_id_seq, comparisons_comparison_id_seq,
  match_acts_act_id_seq, explanations_explanation_id_seq, evidence_evidence_id_seq, sign_offs_sign_off_id_seq, certifications_certification_id_seq TO tower_app;
