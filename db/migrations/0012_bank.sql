-- Statements of banks, the references of their entries, and which records of an artifact a claim is about. Two new tables and two columns
-- without a default: nothing that stands is rewritten, claims are locked for a moment, members while an index of no rows is made.
CREATE TABLE "bank_references" (
	"load_id" integer NOT NULL,
	"system_id" integer NOT NULL,
	"account" text NOT NULL,
	"reference" text NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"entry" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bank_statements" (
	"statement_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bank_statements_statement_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"run_id" integer NOT NULL,
	"load_id" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"system_id" integer NOT NULL,
	"account" text NOT NULL,
	"currency" text NOT NULL,
	"statement" text NOT NULL,
	"sequence" bigint,
	"page" integer NOT NULL,
	"is_last_page" boolean NOT NULL,
	"opened_on" date,
	"opening" numeric,
	"closed_on" date,
	"closing" numeric,
	"copy" text DEFAULT '' NOT NULL,
	"standing" text NOT NULL,
	"first_position" integer NOT NULL,
	"last_position" integer NOT NULL,
	"records" integer NOT NULL,
	"not_booked" integer NOT NULL,
	"not_booked_net" numeric NOT NULL,
	"content_hash" uuid NOT NULL,
	"outcome" text,
	"loaded_at_pub" integer,
	"superseded_at_pub" integer,
	CONSTRAINT "bank_statements_outcome" CHECK (outcome in ('new', 'repeated', 'corrected', 'deleted', 'altered'))
);
--> statement-breakpoint
ALTER TABLE "claims" ADD COLUMN "first_position" integer;--> statement-breakpoint
ALTER TABLE "claims" ADD COLUMN "last_position" integer;--> statement-breakpoint
ALTER TABLE "bank_statements" ADD CONSTRAINT "bank_statements_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_statements" ADD CONSTRAINT "bank_statements_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "members_rates" ON "members" USING btree ("valid_from","code","member_id") WHERE dimension = 'fx_rate';--> statement-breakpoint
CREATE INDEX "bank_references_by_load" ON "bank_references" USING btree ("load_id");--> statement-breakpoint
CREATE INDEX "bank_references_by_reference" ON "bank_references" USING btree ("system_id","account","reference");--> statement-breakpoint
CREATE INDEX "bank_statements_by_account" ON "bank_statements" USING btree ("system_id","account","statement");--> statement-breakpoint
CREATE INDEX "bank_statements_by_load" ON "bank_statements" USING btree ("load_id");--> statement-breakpoint
CREATE UNIQUE INDEX "bank_statements_one_current" ON "bank_statements" USING btree ("system_id","account","statement","page") WHERE loaded_at_pub is not null and superseded_at_pub is null;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON bank_statements TO tower_app;
--> statement-breakpoint
-- What a statement says is never edited; what became of it is.
GRANT UPDATE (outcome, loaded_at_pub, superseded_at_pub) ON bank_statements TO tower_app;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON bank_references TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE bank_statements_statement_id_seq TO tower_app;
