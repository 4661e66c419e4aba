-- A run puts older values over newer ones only where somebody said so. Of the runs there are none is asked any more.
ALTER TABLE "runs" ADD COLUMN "over_newer" boolean DEFAULT false NOT NULL;