-- Over newer data a run puts older values only where whoever asked for it knew of it: up to what was published then.
ALTER TABLE "runs" ADD COLUMN "over_newer_to" integer;--> statement-breakpoint
UPDATE "runs" r SET "over_newer_to" = (SELECT coalesce(max(p."publication"), 0) FROM "publications" p WHERE p."run_id" < r."run_id") WHERE r."over_newer";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "over_newer";
