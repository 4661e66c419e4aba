/** The ids of a load's lines lie in [firstLineId, firstLineId + this). */
export const LINE_IDS_PER_LOAD = 100_000_000
