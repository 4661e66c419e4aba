-- Closed periods are reopened by two people; how a period was closed is kept with it. A small table gets columns and a check; no lock to speak of.
CREATE TABLE "period_reopenings" (
	"request_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "period_reopenings_request_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"basis" text NOT NULL,
	"reason" text NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"answer" text,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	"used_at" timestamp with time zone,
	CONSTRAINT "period_reopenings_answer" CHECK (answer in ('approved', 'declined', 'superseded')),
	CONSTRAINT "period_reopenings_four_eyes" CHECK (decided_by <> requested_by),
	CONSTRAINT "period_reopenings_decided" CHECK ((coalesce(answer, 'superseded') = 'superseded') = (decided_by is null))
);
--> statement-breakpoint
ALTER TABLE "period_states" ADD COLUMN "changed_by" text;--> statement-breakpoint
ALTER TABLE "period_states" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "period_states" ADD COLUMN "not_ready" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "period_states" ADD COLUMN "reopening_id" integer;--> statement-breakpoint
CREATE UNIQUE INDEX "period_reopenings_one_waits" ON "period_reopenings" USING btree ("entity","period") WHERE answer is null;--> statement-breakpoint
CREATE INDEX "period_reopenings_by_period" ON "period_reopenings" USING btree ("entity","period");--> statement-breakpoint
ALTER TABLE "period_states" ADD CONSTRAINT "period_states_reopening_id_period_reopenings_request_id_fk" FOREIGN KEY ("reopening_id") REFERENCES "public"."period_reopenings"("request_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "period_states" ADD CONSTRAINT "period_states_state" CHECK (state in ('open', 'soft_closed', 'closed', 'reopened'));--> statement-breakpoint
ALTER TABLE "period_states" ADD CONSTRAINT "period_states_reopened" CHECK ((state = 'reopened') = (reopening_id is not null));
--> statement-breakpoint
-- The database's own word: a closed period is let out of it by an approved request of its own, once.
CREATE FUNCTION check_period_reopening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'closed' AND NEW.state NOT IN ('closed', 'reopened') THEN
    RAISE EXCEPTION 'period refused: % % is closed, and is reopened by two people', NEW.entity, NEW.period USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'reopened' AND (TG_OP = 'INSERT' OR OLD.state <> 'reopened' OR OLD.reopening_id <> NEW.reopening_id) THEN
    IF TG_OP = 'INSERT' OR OLD.state <> 'closed' THEN
      RAISE EXCEPTION 'period refused: % % is not closed', NEW.entity, NEW.period USING ERRCODE = 'check_violation';
    END IF;
    UPDATE period_reopenings SET used_at = now()
    WHERE request_id = NEW.reopening_id AND (entity, period) = (NEW.entity, NEW.period) AND answer = 'approved' AND decided_by <> requested_by AND used_at IS NULL;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'period refused: nobody approved that % % is reopened', NEW.entity, NEW.period USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER period_reopened_by_two BEFORE INSERT OR UPDATE ON period_states FOR EACH ROW EXECUTE FUNCTION check_period_reopening();
--> statement-breakpoint
-- What was asked for is never edited, and comes unanswered.
GRANT SELECT, INSERT (entity, period, basis, reason, requested_by, requested_at) ON period_reopenings TO tower_app;
--> statement-breakpoint
GRANT UPDATE (answer, decided_by, decided_at, decision_reason) ON period_reopenings TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE period_reopenings_request_id_seq TO tower_app;
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_periods AFTER INSERT OR UPDATE ON period_states FOR EACH ROW EXECUTE FUNCTION tell_screens('periods');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_reopenings AFTER INSERT OR UPDATE ON period_reopenings FOR EACH ROW EXECUTE FUNCTION tell_screens('periods');
