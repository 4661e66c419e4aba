-- What a system said when something failed is kept with the attempt; rules by which IT names what has no name of ours; who named an exception.
-- Adds columns without defaults: locks attempts and exceptions for a moment. The two indexes on attempts are partial and begin empty or small.
CREATE TABLE "classification_rules" (
	"rule_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "classification_rules_rule_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"system_id" integer NOT NULL,
	"match" text NOT NULL,
	"value" text NOT NULL,
	"code" text NOT NULL,
	"reason" text NOT NULL,
	"exception_id" integer NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_by" text,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_reason" text,
	CONSTRAINT "classification_rules_match" CHECK (match in ('code', 'phrase')),
	CONSTRAINT "classification_rules_withdrawn" CHECK ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_reason is null))
);
--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "classified_by" text;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "rule_id" integer;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "said" jsonb;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "rule_id" integer;--> statement-breakpoint
ALTER TABLE "classification_rules" ADD CONSTRAINT "classification_rules_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "classification_rules" ADD CONSTRAINT "classification_rules_exception_id_exceptions_exception_id_fk" FOREIGN KEY ("exception_id") REFERENCES "public"."exceptions"("exception_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "classification_rules_one_in_force" ON "classification_rules" USING btree ("system_id","match","value") WHERE withdrawn_at is null;--> statement-breakpoint
CREATE INDEX "attempts_unclassified" ON "attempts" USING btree ("run_id") WHERE failure_class = 'unclassified';--> statement-breakpoint
CREATE INDEX "attempts_by_rule" ON "attempts" USING btree ("rule_id") WHERE rule_id is not null;
--> statement-breakpoint
GRANT SELECT, INSERT ON classification_rules TO tower_app;
--> statement-breakpoint
-- A rule is never edited: it is withdrawn.
GRANT UPDATE (withdrawn_by, withdrawn_at, withdrawn_reason) ON classification_rules TO tower_app;
