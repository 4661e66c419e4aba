-- Which accounts a rehearsal would move: signatures are about accounts, totals of slices are not. A column without a default: no lock to speak of.
ALTER TABLE "rehearsed_totals" ADD COLUMN "accounts" text[];
