-- What targets are told of publications, document by document, and what they answered when asked for their totals. The tables are
-- new; connector_calls gets a column without a default, which rewrites nothing, and an index of no row: a moment's lock.
CREATE TABLE "deliveries" (
	"delivery_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deliveries_delivery_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"publication" integer NOT NULL,
	"run_id" integer NOT NULL,
	"job_id" integer NOT NULL,
	"job_version" integer NOT NULL,
	"target" text NOT NULL,
	"system_id" integer NOT NULL,
	"status" text NOT NULL,
	"compensates" integer,
	"attempt" integer DEFAULT 0 NOT NULL,
	"attempts_forgiven" integer DEFAULT 0 NOT NULL,
	"worker_id" uuid,
	"correlation_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"seen_at" timestamp with time zone,
	"prepared_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"failure_code" text,
	"failure_detail" text
);
--> statement-breakpoint
CREATE TABLE "delivery_items" (
	"item_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delivery_items_item_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"delivery_id" integer NOT NULL,
	"natural_key" text COLLATE "C" NOT NULL,
	"operation" text NOT NULL,
	"entity" text COLLATE "C" NOT NULL,
	"period" text COLLATE "C" NOT NULL,
	"version" text COLLATE "C" NOT NULL,
	"currency" text COLLATE "C" NOT NULL,
	"count" integer NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"content_hash" text NOT NULL,
	"line_ids" bigint[] NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"ask_after" timestamp with time zone,
	"reference" text,
	"refusal" text
);
--> statement-breakpoint
CREATE TABLE "delivery_totals" (
	"delivery_id" integer NOT NULL,
	"checkpoint" text NOT NULL,
	"entity" text COLLATE "C" NOT NULL,
	"period" text COLLATE "C" NOT NULL,
	"version" text COLLATE "C" NOT NULL,
	"currency" text COLLATE "C" NOT NULL,
	"count" bigint NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "delivery_totals_delivery_id_checkpoint_entity_period_version_currency_pk" PRIMARY KEY("delivery_id","checkpoint","entity","period","version","currency")
);
--> statement-breakpoint
ALTER TABLE "connector_calls" ADD COLUMN "delivery_id" integer;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_publication_publications_publication_fk" FOREIGN KEY ("publication") REFERENCES "public"."publications"("publication") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_items" ADD CONSTRAINT "delivery_items_delivery_id_deliveries_delivery_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("delivery_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_totals" ADD CONSTRAINT "delivery_totals_delivery_id_deliveries_delivery_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("delivery_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_one_a_target" ON "deliveries" USING btree ("publication","target");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_one_active" ON "deliveries" USING btree ("system_id") WHERE status = 'delivering';--> statement-breakpoint
CREATE INDEX "deliveries_by_job" ON "deliveries" USING btree ("job_id","target","publication");--> statement-breakpoint
CREATE INDEX "deliveries_by_status" ON "deliveries" USING btree ("status","delivery_id");--> statement-breakpoint
CREATE INDEX "deliveries_by_run" ON "deliveries" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "deliveries_by_compensated" ON "deliveries" USING btree ("compensates") WHERE compensates is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "delivery_items_by_key" ON "delivery_items" USING btree ("delivery_id","natural_key");--> statement-breakpoint
CREATE INDEX "delivery_items_by_state" ON "delivery_items" USING btree ("delivery_id","state","item_id");--> statement-breakpoint
CREATE INDEX "delivery_items_by_document" ON "delivery_items" USING btree ("natural_key");--> statement-breakpoint
CREATE INDEX "delivery_items_by_slice" ON "delivery_items" USING btree ("entity","period","version","currency");--> statement-breakpoint
CREATE INDEX "connector_calls_by_delivery" ON "connector_calls" USING btree ("delivery_id") WHERE delivery_id is not null;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON deliveries, delivery_items TO tower_app;
--> statement-breakpoint
-- Totals are read back anew whenever the target is asked again.
GRANT SELECT, INSERT, DELETE ON delivery_totals TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE deliveries_delivery_id_seq, delivery_items_item_id_seq TO tower_app;
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_new_deliveries AFTER INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION tell_screens('deliveries');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_deliveries AFTER UPDATE ON deliveries FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION tell_screens('deliveries');
