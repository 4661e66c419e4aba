-- Evidence files: their bytes are artifacts, they can be withdrawn, and an explanation may name one. Nothing was ever written to evidence: no row moves.
ALTER TABLE "evidence" ADD COLUMN "artifact_id" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "withdrawn_by" text;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_artifact_id_artifacts_artifact_id_fk" FOREIGN KEY ("artifact_id") REFERENCES "public"."artifacts"("artifact_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "explanations" ADD CONSTRAINT "explanations_evidence_id_evidence_evidence_id_fk" FOREIGN KEY ("evidence_id") REFERENCES "public"."evidence"("evidence_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" DROP COLUMN "sha256";--> statement-breakpoint
ALTER TABLE "evidence" DROP COLUMN "byte_count";--> statement-breakpoint
ALTER TABLE "evidence" DROP COLUMN "content";
--> statement-breakpoint
-- A file that was added stays. It can be withdrawn from what is signed next, and nothing else of it moves.
GRANT UPDATE (withdrawn_by, withdrawn_at) ON evidence TO tower_app;
